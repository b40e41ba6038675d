import { statLog, tailLog } from "./log-file";

/** How far back the main log is read. */
const WINDOW = { lines: 3000, maxBytes: 256 * 1024 };

/** How a process ended last, as supervisord's main log tells it. XML-RPC does not. */
export type ProcessEnd = {
  exitCode: number | null;
  /** As in "SIGKILL". */
  signal: string | null;
  /** How often in a row it ended before it counted as up. */
  quickEnds: number;
};

export type MainLog = ReturnType<typeof createMainLog>;

/** Reads the end of supervisord's main log, again only when it has grown or was replaced. */
export function createMainLog() {
  let seen = "";
  let ends = new Map<string, ProcessEnd>();

  return {
    /** By process name. Empty where there is no log that can be read. */
    async ends(path: string | null): Promise<ReadonlyMap<string, ProcessEnd>> {
      const info = path === null ? null : await statLog(path);
      if (path === null || !info) return new Map();
      const now = `${path} ${info.size} ${info.writtenAt.getTime()}`;
      if (now === seen) return ends;
      const tail = await tailLog(path, WINDOW).catch(() => null);
      if (!tail) return new Map();
      ends = readEnds(tail.text);
      seen = now;
      return ends;
    },
  };
}

const EVENT =
  /^\S+ \S+ \w+ (exited|stopped|success|gave up): (\S+)(?: \((?:exit status (\d+)|terminated by (\w+))[^)]*\))?/;

/** Pure: what the lines of a main log say about how each process ended last. */
export function readEnds(text: string): Map<string, ProcessEnd> {
  const ends = new Map<string, ProcessEnd>();
  const gaveUp = new Set<string>();
  for (const line of text.split("\n")) {
    const [, event, name, code, signal] = EVENT.exec(line) ?? [];
    if (!event || !name) continue;
    const before = ends.get(name);
    if (event === "gave up") gaveUp.add(name);
    else if (event === "success" && before) ends.set(name, { ...before, quickEnds: 0 });
    else if (event === "exited" || event === "stopped") {
      const earlier = event === "stopped" || gaveUp.delete(name) ? 0 : (before?.quickEnds ?? 0);
      ends.set(name, {
        exitCode: code === undefined ? null : Number(code),
        signal: signal ?? null,
        quickEnds: event === "exited" ? earlier + 1 : 0,
      });
    }
  }
  return ends;
}
