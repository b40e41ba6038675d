import { AppError } from "../errors";
import { readBoolean } from "./conf-boolean";
import type { Expansions } from "./conf-expand";
import { expandOption, type MergedOption, type MergedSections } from "./conf-files";

export type ProgramSection = {
  section: string;
  /** Where the value of `autostart` comes from, or would. */
  file: string;
  autostart: boolean;
  /** As in the config, `%(here)s` apart. */
  options: Record<string, string>;
};

/** The programs by name. Throws `conflict` where supervisord would refuse an `autostart`. */
export function readPrograms(
  sections: MergedSections,
  expansions: Expansions,
): Map<string, ProgramSection> {
  const programs = new Map<string, ProgramSection>();
  for (const [section, { file, options }] of sections) {
    const name = /^(?:program|fcgi-program|eventlistener):(.*)$/s.exec(section)?.[1]?.trim();
    if (name === undefined) continue;
    const merged = new Map([...(sections.get("DEFAULT")?.options ?? []), ...options]);
    programs.set(name, {
      section,
      file: options.get("autostart")?.file ?? file,
      autostart: readAutostart(section, merged.get("autostart"), {
        ...expansions,
        program_name: name,
        group_name: name,
      }),
      options: Object.fromEntries([...merged].map(([key, { value }]) => [key, value])),
    });
  }
  return programs;
}

function readAutostart(
  section: string,
  option: MergedOption | undefined,
  expansions: Expansions,
): boolean {
  if (!option) return true;
  const word = expandOption(option, "autostart", expansions);
  const enabled = readBoolean(word);
  if (enabled !== null) return enabled;
  throw new AppError(
    "conflict",
    `${option.file}: line ${option.line}: autostart=${word} of [${section}] is neither true nor false.`,
  );
}
