import type { AutostartChoices } from "./adapters/autostart-choices";
import type { ProgramSection } from "./adapters/conf-programs";
import type { SupervisorConf } from "./adapters/supervisor-conf";
import type { SwitchedOff } from "./adapters/switched-off";
import { findProgram } from "./autostart";
import { AppError } from "./errors";

type Programs = ReadonlyMap<string, ProgramSection>;
const FORGOTTEN = "An app that is absent now does not start by itself once it is there.";
const TRIED = "Services that are not installed are tried all the same.";

type Change = { program: string; enabled: boolean; why: string };

/**
 * Makes the config, which comes with the image, say what is to start with the machine: what the user
 * chose, which outlives the image, and nothing whose app is absent. What is switched off for that is
 * remembered, and is switched on again at a boot that finds the app.
 */
export function createBootAutostart(deps: {
  conf: SupervisorConf;
  choices: Pick<AutostartChoices, "read">;
  switchedOff: SwitchedOff;
  /** Whether a config file is the machine's. One of the user's own outlives what is remembered here. */
  isMachines: (file: string) => Promise<boolean>;
  /** Whether the program's app is missing on this machine. */
  isAbsent: (name: string, section: ProgramSection) => Promise<boolean>;
  say: (line: string) => void;
  /** Says what went wrong and what follows, and lets the rest go on. */
  report: (error: unknown, consequence: string) => Promise<void>;
}) {
  const { conf, say, report } = deps;

  async function readChoices(programs: Programs): Promise<Map<string, boolean>> {
    const chosen = new Map<string, boolean>();
    try {
      for (const [name, enabled] of await deps.choices.read()) {
        const program = findProgram(name, programs);
        if (programs.has(program)) chosen.set(program, enabled);
        else say(`${name}: its autostart choice is skipped, there is no such program`);
      }
    } catch (error) {
      await report(error, "What starts with the machine is as the image has it.");
    }
    return chosen;
  }

  async function recall(): Promise<Set<string>> {
    try {
      return await deps.switchedOff.read();
    } catch (error) {
      await report(error, FORGOTTEN);
      return new Set();
    }
  }

  /** Answers whether it could be written down. */
  async function remember(programs: ReadonlySet<string>, otherwise: string): Promise<boolean> {
    try {
      await deps.switchedOff.write(programs);
      return true;
    } catch (error) {
      await report(error, otherwise);
      return false;
    }
  }

  /** Those that the autostart may be switched off and on of, but for what the user chose. */
  function findMachines(programs: Programs): Promise<Programs> {
    return filter(programs, ([_name, { file }]) => deps.isMachines(file));
  }

  async function findAbsent(programs: Programs): Promise<Set<string>> {
    const absent = await filter(programs, ([name, section]) => deps.isAbsent(name, section));
    return new Set(absent.keys());
  }

  /** Tries each of them, and then throws what went wrong first. */
  async function apply(changes: readonly Change[]): Promise<void> {
    const failures: unknown[] = [];
    for (const { program, enabled, why } of changes) {
      try {
        await conf.setAutostart(program, enabled);
        say(`${program}: autostart ${enabled ? "on" : "off"}${why}`);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  return {
    async run(): Promise<void> {
      const { programs, error } = await conf.read();
      if (error) throw new AppError("conflict", error);
      const chosen = await readChoices(programs);
      const machines = await findMachines(programs);
      const before = new Set([...(await recall())].filter((name) => machines.has(name)));
      const absent = await findAbsent(machines);
      const { changes, remembered } = planAutostart(programs, { chosen, before, absent });
      // On disk first: what nobody remembers would stay off for good.
      const atLeast = new Set([...before, ...remembered]);
      const isKept = atLeast.size === before.size || (await remember(atLeast, TRIED));
      await apply(isKept ? changes : changes.filter(({ program }) => !remembered.has(program)));
      if (isKept && remembered.size < atLeast.size) await remember(remembered, FORGOTTEN);
    },
  };
}

/** `before` is what earlier boots switched off. */
export function planAutostart(
  programs: ReadonlyMap<string, Pick<ProgramSection, "autostart">>,
  facts: {
    chosen: ReadonlyMap<string, boolean>;
    before: ReadonlySet<string>;
    absent: ReadonlySet<string>;
  },
): { changes: Change[]; remembered: Set<string> } {
  const changes: Change[] = [];
  const remembered = new Set<string>();
  for (const [program, { autostart }] of programs) {
    const choice = facts.chosen.get(program);
    const isAbsent = facts.absent.has(program);
    const wanted = choice ?? (autostart || facts.before.has(program));
    const enabled = wanted && !isAbsent;
    if (isAbsent && wanted) remembered.add(program);
    if (enabled === autostart) continue;
    const isBack = choice === undefined && enabled;
    const why = isBack
      ? ": it is installed now"
      : enabled === wanted
        ? ""
        : ": it is not installed";
    changes.push({ program, enabled, why });
  }
  return { changes, remembered };
}

async function filter(
  programs: Programs,
  isOne: (entry: [string, ProgramSection]) => Promise<boolean>,
): Promise<Programs> {
  const entries = [...programs];
  const are = await Promise.all(entries.map(isOne));
  return new Map(entries.filter((_entry, index) => are[index]));
}
