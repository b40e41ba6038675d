import { editTextFile } from "./text-file";
import { editToml } from "./toml-edit";
import { pickTable, pickValue, readToml, refuseToml } from "./toml-file";

export type AutostartChoices = ReturnType<typeof createAutostartChoices>;

/**
 * The choices that outlive the machine, `[services.<name>] autostart = true|false`, in a file that
 * people edit too. A file that cannot be understood is a `conflict` that names the place.
 */
export function createAutostartChoices(path: string) {
  return {
    /** Empty where there is no file yet. */
    async read(): Promise<Map<string, boolean>> {
      const services = pickTable(await readToml(path), "services", path);
      const choices = new Map<string, boolean>();
      for (const name of Object.keys(services)) {
        const choice = pickValue(pickTable(services, name, path), "autostart");
        if (typeof choice === "boolean") choices.set(name, choice);
        else if (choice !== null) {
          throw refuseToml(path, `autostart of "${name}" is not true or false`);
        }
      }
      return choices;
    },

    /** Keeps comments, order and unknown keys; makes the file where there is none. */
    set(name: string, enabled: boolean): Promise<void> {
      const edit = { table: ["services", name], key: "autostart", value: enabled };
      return editTextFile(path, (text) => editToml(text, [edit], path), { create: true });
    },
  };
}
