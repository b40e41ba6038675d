import { Agent, type RequestOptions } from "node:http";
import xmlrpc from "xmlrpc";
import * as z from "zod/mini";
import { ServiceState } from "@/lib/contract/services";
import { AppError } from "../errors";

export type Supervisord = ReturnType<typeof createSupervisord>;

type ClientOptions = Exclude<Parameters<typeof xmlrpc.createClient>[0], string>;

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

const Instant = z.int();
const ProcessInfo = z.object({
  name: z.string(),
  group: z.string(),
  statename: ServiceState,
  /** Seconds since 1970, by supervisord's clock. */
  now: Instant,
  /** 0 where it never started, or never ended. */
  start: Instant,
  stop: Instant,
  /** 0 also stands for "unknown" in BACKOFF and FATAL; -1 after a signal. */
  exitstatus: z.int(),
  spawnerr: z.string(),
  pid: z.int(),
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
  z.int(),
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

  function callOnce(method: string, params: unknown[]): Promise<unknown> {
    const socketPath = findSocket();
    return new Promise((resolve, reject) => {
      // Handed on to http.request as they are. Its time limits do nothing there; a signal does.
      const options: RequestOptions = {
        socketPath,
        path: "/RPC2",
        agent,
        signal: AbortSignal.timeout(timeoutMs),
      };
      // It may call back twice when an answer breaks off; a promise keeps the first.
      xmlrpc
        .createClient(options as ClientOptions)
        .methodCall(method, params, (error, value) =>
          error ? reject(translate(error, socketPath, timeoutMs)) : resolve(value),
        );
    });
  }

  /** For calls that change nothing: an idle connection that supervisord has closed costs one more try. */
  async function read(method: string, params: unknown[] = []): Promise<unknown> {
    return callOnce(method, params).catch((error: unknown) => {
      if (isConnectionReset(error)) return callOnce(method, params);
      throw error;
    });
  }

  return {
    /** One call, whatever it asks for; the configs double what there is to parse. */
    async look({ configs }: { configs: boolean }): Promise<SupervisordLook> {
      const calls = configs ? LOOK_CALLS : LOOK_CALLS.slice(0, -CONFIG_CALLS);
      const answers = await read("system.multicall", [calls]);
      refuseFaults(answers);
      const [{ statename }, pid, version, processes, parsedConfigs = null] = Look.parse(answers);
      return { state: statename, pid, version, processes, parsedConfigs };
    },

    /** Answers at once; `true` says nothing about whether the program comes up. */
    async start(name: string): Promise<void> {
      await callOnce("supervisor.startProcess", [name, false]);
    },

    /** Answers at once. supervisord burns CPU while a waiting stop is pending, so nobody waits in it. */
    async stop(name: string): Promise<void> {
      await callOnce("supervisor.stopProcess", [name, false]);
    },

    /** Parses the config again and compares; starts, stops and applies nothing. Names of groups. */
    async reread(): Promise<{ added: string[]; changed: string[]; removed: string[] }> {
      const [[added, changed, removed]] = Reread.parse(await read("supervisor.reloadConfig"));
      return { added, changed, removed };
    },

    /** Empties the out and the err log; there is no call for one of them. Rotated files stay. */
    async clearLogs(name: string): Promise<void> {
      await callOnce("supervisor.clearProcessLogs", [name]);
    },

    close: () => agent.destroy(),
  };
}

function refuseFaults(answers: unknown): void {
  const fault = z.object({ faultCode: z.int(), faultString: z.string() });
  for (const answer of Array.isArray(answers) ? answers : []) {
    const refused = fault.safeParse(answer);
    if (refused.success) throw toFault(refused.data.faultCode, refused.data.faultString);
  }
}

function toFault(code: number, text: string): Error {
  const name = FAULTS[code as keyof typeof FAULTS] ?? "OTHER";
  if (name !== "SHUTDOWN_STATE") return new SupervisordFault(name, text.replace(/^\w+: /, ""));
  return new AppError("unavailable", "supervisord is shutting down or restarting.");
}

type RpcError = Error & { code?: string | number; faultCode?: number; faultString?: string };

function translate(error: unknown, socketPath: string, timeoutMs: number): Error {
  // The error carries the request with its headers; only its words go on.
  const { code, faultCode, faultString, message, res } = error as RpcError & {
    res?: { statusCode?: number };
  };
  if (typeof faultCode === "number") return toFault(faultCode, faultString ?? message);
  const reason =
    reasonOf(String(code), socketPath, timeoutMs) ?? protocolReason(res?.statusCode, message);
  return new AppError("unavailable", reason, { cause: { code: String(code) } });
}

function reasonOf(code: string, socketPath: string, timeoutMs: number): string | null {
  switch (code) {
    case "ENOENT":
      return `supervisord does not answer: there is no socket at ${socketPath}.`;
    case "ECONNREFUSED":
      return `supervisord does not answer: nothing listens at ${socketPath}.`;
    case "EACCES":
      return `supervisord cannot be asked: no permission to open ${socketPath}. Run ControlPilot as the user who owns it.`;
    case "ABORT_ERR":
    case "UND_ERR_ABORTED":
      return `supervisord did not answer within ${timeoutMs / 1000} s; it may be frozen.`;
    case "ECONNRESET":
    case "EPIPE":
      return `supervisord closed the connection at ${socketPath}; it may be restarting.`;
    default:
      return null;
  }
}

function protocolReason(status: number | undefined, message: string): string {
  if (status === 401) return "supervisord asks for a user name and password on its unix socket.";
  if (status && status !== 200) return `supervisord answered with HTTP ${status}.`;
  return `supervisord's answer could not be understood: ${message.slice(0, 200)}.`;
}

function isConnectionReset(error: unknown): boolean {
  const cause =
    error instanceof AppError ? (error.cause as { code?: string } | undefined) : undefined;
  return cause?.code === "ECONNRESET" || cause?.code === "EPIPE";
}
