import { readFileSync } from "node:fs";
import { join } from "node:path";

const LOOK_MS = 5000;
/** The times of the kernel's count, of supervisord's log and of ours are not quite the same. */
const SLACK_MS = 3000;
const REMEMBERED = 50;

export type OomKills = ReturnType<typeof createOomKills>;

/**
 * Notices when the kernel has ended processes of this container for want of memory. It only counts
 * them, without a time, so the count is looked at now and then.
 */
export function createOomKills(root = "/") {
  const rises: { from: number; to: number }[] = [];
  let lookedAt = Date.now();
  let count = readCount(root);
  const timer = setInterval(look, LOOK_MS);
  timer.unref();

  function look(): void {
    const now = Date.now();
    const latest = readCount(root);
    if (latest !== null && count !== null && latest > count)
      rises.push({ from: lookedAt, to: now });
    if (rises.length > REMEMBERED) rises.shift();
    count = latest;
    lookedAt = now;
  }

  return {
    /** Whether it did so at about that time; never for times before this began to look. */
    happenedAt(time: Date): boolean {
      look();
      const at = time.getTime();
      return rises.some(({ from, to }) => at >= from - SLACK_MS && at <= to + SLACK_MS);
    },
    close: () => clearInterval(timer),
  };
}

/** Null where the kernel does not tell. */
function readCount(root: string): number | null {
  const groups = read(join(root, "proc/self/cgroup")).split("\n");
  const unified = groups.find((line) => line.startsWith("0::"))?.slice(3) ?? "/";
  const memory = groups.find((line) => /^\d+:(?:[\w,]+,)?memory(?:,[\w,]+)?:/.test(line));
  const ownPath = memory?.slice(memory.indexOf(":/") + 1) ?? "/";
  const fs = join(root, "sys/fs/cgroup");
  // Inside a container its own group is the root of what it sees, whatever its path outside.
  const places = [
    join(fs, unified, "memory.events"),
    join(fs, "memory.events"),
    join(fs, "memory", ownPath, "memory.oom_control"),
    join(fs, "memory", "memory.oom_control"),
  ];
  for (const place of places) {
    const found = /^oom_kill (\d+)$/m.exec(read(place));
    if (found) return Number(found[1]);
  }
  return null;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
