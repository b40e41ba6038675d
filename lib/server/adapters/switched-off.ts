import { writeDurably } from "./durable-file";
import { readText } from "./file-presence";

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
