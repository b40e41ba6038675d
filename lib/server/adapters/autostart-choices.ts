import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { parse, patch } from "@decimalturn/toml-patch";
import { AppError } from "@/lib/server/errors";
import { explainFault, faultCode } from "./file-faults";
import { editTextFile } from "./text-file";

type Table = Record<string, unknown>;

export type AutostartChoices = ReturnType<typeof createAutostartChoices>;

/** The user's choices, `[services.<name>] autostart = true|false`, in a file that people edit too. */
export function createAutostartChoices(path: string) {
  return {
    /** Throws `conflict`, with line and column, for a file that cannot be read. */
    async read(): Promise<Map<string, boolean>> {
      const services = readServices(parseToml(path, await readText(path)), path);
      const choices = new Map<string, boolean>();
      for (const name of Object.keys(services)) {
        const choice = readTable(services, name, path).autostart;
        if (typeof choice === "boolean") choices.set(name, choice);
        else if (choice !== undefined) throw refuse(path, `[services.${name}] says autostart = ${choice}, neither true nor false`);
      }
      return choices;
    },

    /** Keeps comments, order and unknown keys. A file that cannot be read is never written. */
    async set(name: string, enabled: boolean): Promise<void> {
      await editTextFile(path, (text) => writeChoice(path, text, { name, enabled }), { create: true });
    },
  };
}
