import { Agent } from "node:http";
import * as z from "zod/mini";
import { ServiceState } from "@/lib/contract/services";
import { AppError } from "../errors";
import { away, isConnectionReset } from "./supervisord-away";
import { callXmlRpc } from "./xml-rpc";
import { XmlRpcFault, XmlRpcNonsense } from "./xml-rpc-answer";

export type Supervisord = ReturnType<typeof createSupervisord>;

const FAULTS = {
  6: "SHUTDOWN_STATE",
  10: "BAD_NAME",
  20: "NO_FILE",
  21: "NOT_EXECUTABLE",
  30: "FAILED",
  40: "ABNORMAL_TERMINATION",
  50: "SPAWN_ERROR",
  60: "ALREADY_STARTED",
  70: "NOT_RUNNING",
  92: "CANT_REREAD",
} as const;
type FaultName = (typeof FAULTS)[keyof typeof FAULTS];

/** supervisord understood the call and refused it. `text` is its own explanation, mostly for machines. */
export class SupervisordFault extends Error {
  override readonly name = "SupervisordFault";

  constructor(
    readonly fault: FaultName | "OTHER",
    readonly text: string,
  ) {
    super(`supervisord refused: ${text}`);
  }
}

/** Seconds since 1970, as far as a date goes. */
const Instant = z.int().check(z.gte(0), z.lte(8_640_000_000_000));
const Pid = z.int().check(z.gte(0));
const ProcessInfo = z.object({
  name: z.string(),
  group: z.string(),
  statename: ServiceState,
  /** By supervisord's clock. */
  now: Instant,
  /** 0 where it never started, or never ended. */
  start: Instant,
  stop: Instant,
  /** 0 also stands for "unknown" in BACKOFF and FATAL; -1 after a signal. */
  exitstatus: z.int(),
  spawnerr: z.string(),
  pid: Pid,
  stdout_logfile: z.string(),
  stderr_logfile: z.string(),
});
export type ProcessInfo = z.infer<typeof ProcessInfo>;

/** What supervisord parsed last, which after a reread is not what it goes by. */
const ProgramConfig = z.object({
  name: z.string(),
  group: z.string(),
  autostart: z.boolean(),
  command: z.string(),
  directory: z.string(),
  exitcodes: z.array(z.int()),
  startsecs: z.int(),
  startretries: z.int(),
  stopwaitsecs: z.int(),
  process_prio: z.int(),
});
export type ProgramConfig = z.infer<typeof ProgramConfig>;

const Look = z.tuple([
  z.object({ statename: z.string() }),
  Pid,
  z.string(),
  z.array(ProcessInfo),
  z.optional(z.array(ProgramConfig)),
]);

export type SupervisordLook = {
  state: string;
  pid: number;
  version: string;
  processes: ProcessInfo[];
  /** Null unless they were asked for. */
  parsedConfigs: ProgramConfig[] | null;
};

const Reread = z.tuple([z.tuple([z.array(z.string()), z.array(z.string()), z.array(z.string())])]);

const LOOK_CALLS = [
  "supervisor.getState",
  "supervisor.getPID",
  "supervisor.getSupervisorVersion",
  "supervisor.getAllProcessInfo",
  "supervisor.getAllConfigInfo",
].map((methodName) => ({ methodName, params: [] }));
const CONFIG_CALLS = 1;

/**
 * Speaks XML-RPC over supervisord's unix socket. Every call ends within `timeoutMs` as a value, a
 * `SupervisordFault`, or an `AppError("unavailable")` that says why supervisord cannot be asked.
 */
export function createSupervisord({
  findSocket,
  timeoutMs = 3000,
}: {
  findSocket: () => string;
  timeoutMs?: number;
}) {
  // One connection serves its calls one after the other, so a call that hangs must not be the only way in.
  const agent = new Agent({ keepAlive: true, maxSockets: 8, maxFreeSockets: 2 });

  /** `tries` are made where the connection breaks off, all within one deadline. */
  async function call(method: string, params: unknown[], tries = 1): Promise<unknown> {
    const socketPath = findSocket();
    const signal = AbortSignal.timeout(timeoutMs);
    for (let left = tries - 1; ; left -= 1) {
      try {
        return await callXmlRpc(method, params, { socketPath, agent, signal });
      } catch (error) {
        if (error instanceof XmlRpcFault) throw toFault(error.code, error.text);
        if (left > 0 && isConnectionReset(error) && !signal.aborted) continue;
        throw away(signal.aborted ? signal.reason : error, { socketPath, timeoutMs });
      }
    }
  }

  /** For what changes nothing: an idle connection that supervisord has closed costs one more try. */
  const read = (method: string, params: unknown[] = []) => call(method, params, 2);

  /** Whatever listens at the socket may say anything. */
  function check<S extends z.ZodMiniType>(schema: S, answer: unknown): z.output<S> {
    const result = schema.safeParse(answer);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const reason = new XmlRpcNonsense(`${issue?.path.join(".")}: ${issue?.message}`);
    throw away(reason, { socketPath: findSocket(), timeoutMs });
  }

  return {
    /** One call, whatever it asks for; the configs double what there is to parse. */
    async look({ configs }: { configs: boolean }): Promise<SupervisordLook> {
      const calls = configs ? LOOK_CALLS : LOOK_CALLS.slice(0, -CONFIG_CALLS);
      const answers = await read("system.multicall", [calls]);
      refuseFaults(answers);
      const [{ statename }, pid, version, processes, parsedConfigs = null] = check(Look, answers);
      return { state: statename, pid, version, processes, parsedConfigs };
    },

    /** Answers at once; `true` says nothing about whether the program comes up. */
    async start(name: string): Promise<void> {
      await call("supervisor.startProcess", [name, false]);
    },

    /** Answers at once. supervisord burns CPU while a waiting stop is pending, so nobody waits in it. */
    async stop(name: string): Promise<void> {
      await call("supervisor.stopProcess", [name, false]);
    },

    /** Parses the config again and compares; starts, stops and applies nothing. Names of groups. */
    async reread(): Promise<{ added: string[]; changed: string[]; removed: string[] }> {
      const [[added, changed, removed]] = check(Reread, await read("supervisor.reloadConfig"));
      return { added, changed, removed };
    },

    /** Empties the out and the err log; there is no call for one of them. Rotated files stay. */
    async clearLogs(name: string): Promise<void> {
      await call("supervisor.clearProcessLogs", [name]);
    },

    close: () => agent.destroy(),
  };
}

/** Of questions it answers all, unless it is shutting down, or another than the one that we know. */
function refuseFaults(answers: unknown): void {
  const fault = z.object({ faultCode: z.int(), faultString: z.string() });
  for (const answer of Array.isArray(answers) ? answers : []) {
    const { data } = fault.safeParse(answer);
    if (!data) continue;
    const refused = toFault(data.faultCode, data.faultString);
    if (refused instanceof AppError) throw refused;
    throw new AppError("unavailable", `supervisord does not tell how it is: ${data.faultString}.`);
  }
}

function toFault(code: number, text: string): SupervisordFault | AppError {
  const name = FAULTS[code as keyof typeof FAULTS] ?? "OTHER";
  if (name !== "SHUTDOWN_STATE") return new SupervisordFault(name, text.replace(/^\w+: /, ""));
  return new AppError("unavailable", "supervisord is shutting down or restarting.");
}
