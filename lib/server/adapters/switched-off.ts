import { readFile } from "node:fs/promises";
import { AppError } from "../errors";
import { writeDurably } from "./durable-file";
import { faultCode, sayFault } from "./file-faults";

export type SwitchedOff = ReturnType<typeof createSwitchedOff>;

const HEADER =
  "# Programs whose autostart ControlPilot has switched off while their app is absent.\n";

/** Remembers beside supervisord's config which programs would start with the machine if their app were there. */
export function createSwitchedOff(configPath: string) {
  const path = `${configPath}.not-installed`;

  return {
    /** Empty where there is no file yet. Throws `conflict` where it cannot be read. */
    async read(): Promise<Set<string>> {
      const lines = (await readText(path)).split("\n").map((line) => line.trim());
      return new Set(lines.filter((line) => line !== "" && !line.startsWith("#")));
    },

    /** Throws `conflict` where it cannot be written. */
    write: (names: Iterable<string>): Promise<void> =>
      writeDurably(path, [HEADER, ...[...names].map((name) => `${name}\n`)].join("")),
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = faultCode(error);
    if (code === "ENOENT") return "";
    throw code === null ? error : new AppError("conflict", sayFault(code, path));
  }
}
