import type { HistoryKind } from "@/lib/contract/history";

/** What one line of supervisord's main log says of a process, or of supervisord itself. */
export type MainLogEntry = {
  /** Milliseconds since 1970. */
  at: number;
  /** "stopping": supervisord has asked it to end. */
  kind: HistoryKind | "stopping";
  /** Its name without the group; null for supervisord, and where the line names none. */
  process: string | null;
  pid: number | null;
  exitStatus: number | null;
  /** As in "SIGKILL"; for supervisord itself, what asked it to end. */
  signal: string | null;
  /** For "exited"; null for everything else. */
  expected: boolean | null;
  /** Why it could not be started; for supervisord itself, "exit" or "restart". */
  reason: string | null;
};

const LINE = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d),(\d{3}) [A-Z]{4} (.*)$/;

/** No name and no reason is longer, so that no line costs much memory whatever it holds. */
const MESSAGES: [MainLogEntry["kind"], RegExp][] = [
  ["spawned", /^spawned: '(?<process>.{1,200})' with pid (?<pid>\d{1,10})$/],
  ["running", /^success: (?<process>\S{1,200}) entered RUNNING state/],
  [
    "exited",
    /^exited: (?<process>\S{1,200}) \((?:exit status (?<status>\d{1,5})|terminated by (?<signal>SIG\w{1,12}|signal \d{1,3})(?: \(core dumped\))?|unknown [^;]*); (?<not>not )?expected\)$/,
  ],
  [
    "stopped",
    /^stopped: (?<process>\S{1,200}) \((?:exit status (?<status>\d{1,5})|terminated by (?<signal>SIG\w{1,12}|signal \d{1,3})(?: \(core dumped\))?|unknown .*)\)$/,
  ],
  ["stopping", /^waiting for (?<process>\S{1,200}) to stop$/],
  ["killed", /^killing '(?<process>.{1,200})' \((?<pid>\d{1,10})\) with (?<signal>SIG\w{1,12})$/],
  ["spawn_failed", /^spawnerr: (?<reason>.{1,500})/],
  ["gave_up", /^gave up: (?<process>\S{1,200}) entered FATAL state/],
  ["supervisord_started", /^supervisord started with pid (?<pid>\d{1,10})$/],
  [
    "supervisord_ended",
    /^received (?<signal>SIG\w{1,12}) indicating (?<reason>exit|restart) request$/,
  ],
  // Asked through its socket, it says no more than this, and nothing where nothing runs.
  ["supervisord_ended", /^waiting for .+ to die$/],
];
/** Some reasons name the process: "too many open files to spawn 'comfy'". */
const NAMED = /(?:to spawn|making dispatchers for|during fork for) '([^']{1,200})'/;

/** Null for a line that tells of nothing. Its time is the machine's local one, as supervisord writes it. */
export function parseEntry(line: string): MainLogEntry | null {
  const [, year, month, day, hours, minutes, seconds, ms, message] = LINE.exec(line) ?? [];
  if (message === undefined) return null;
  for (const [kind, pattern] of MESSAGES) {
    const found = pattern.exec(message);
    if (!found) continue;
    const { process, pid, status, signal, not, reason } = found.groups ?? {};
    return {
      at: new Date(
        Number(year),
        Number(month) - 1,
        Number(day),
        Number(hours),
        Number(minutes),
        Number(seconds),
        Number(ms),
      ).getTime(),
      kind,
      process: copyOf(process ?? NAMED.exec(reason ?? "")?.[1]),
      pid: toNumber(pid),
      exitStatus: toNumber(status),
      signal: signal ?? null,
      expected: kind === "exited" ? not === undefined : null,
      reason: copyOf(reason),
    };
  }
  return null;
}

function toNumber(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits);
}

/** A piece of a string keeps all of it in memory, here a whole block of the log. */
function copyOf(piece: string | undefined): string | null {
  return piece === undefined ? null : Buffer.from(piece).toString();
}
