import type { AutostartAnswer } from "@/lib/contract/autostart";
import type { AutostartChoices } from "./adapters/autostart-choices";
import type { SupervisorConf } from "./adapters/supervisor-conf";
import { AppError } from "./errors";

type Parts = {
  conf: SupervisorConf;
  choices: AutostartChoices;
  /** Asks supervisord to read its config again. */
  reread: () => Promise<unknown>;
  /** Says that what is known of the services is out of date. */
  invalidate: () => void;
  /** The services that supervisord runs; null while that is not known. */
  knownNames: () => ReadonlySet<string> | null;
};

/** Whether a service starts together with the machine. Never starts or stops one. */
export function createAutostart({ conf, choices, reread, invalidate, knownNames }: Parts) {
  let lastTurn: Promise<unknown> = Promise.resolve();

  async function change(name: string, enabled: boolean): Promise<void> {
    const { programs } = await conf.read();
    const isService = knownNames()?.has(name) ?? true;
    if (!isService && name.includes(":")) {
      throw new AppError("not_found", `There is no service "${name}".`);
    }
    const program = findProgram(name, programs);
    const { file, undo } = await conf.setAutostart(program, enabled);
    await choices.set(program, enabled).catch((reason) => takeBack(reason, undo, file));
  }

  return {
    /**
     * Writes the config and the user's choice, or neither. Whether supervisord has taken note of it
     * by then is not promised. Throws `not_found` or `conflict`.
     */
    async set(name: string, enabled: boolean): Promise<AutostartAnswer> {
      const turn = Promise.allSettled([lastTurn]).then(() => change(name, enabled));
      lastTurn = turn;
      try {
        await turn;
        await Promise.allSettled([reread()]);
      } finally {
        invalidate();
      }
      return { status: "ok", name, autostart: enabled };
    },
  };
}

/** The program of a service: of `group:process` the process where it has a section, else the group. */
export function findProgram(name: string, programs: ReadonlyMap<string, unknown>): string {
  const colon = name.indexOf(":");
  if (colon < 0 || programs.has(name)) return name;
  const process = name.slice(colon + 1);
  return programs.has(process) ? process : name.slice(0, colon);
}

async function takeBack(reason: unknown, undo: () => Promise<void>, file: string): Promise<never> {
  const [undone] = await Promise.allSettled([undo()]);
  if (undone.status === "fulfilled" || !(reason instanceof AppError)) throw reason;
  const sentence = `${reason.message} ${file} is changed already, and could not be changed back.`;
  throw new AppError(reason.code, sentence, { cause: undone.reason });
}
