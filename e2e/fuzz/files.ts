import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const AUTOSTART = /^\/api\/services\/[^/]+\/settings\/autostart/i;
const POLICY = /^\/api\/services\/[^/]+\/(?:settings\/update|update\/)/i;
const ACCESS = /^\/api\/(?:access|session)/i;
/** What a request may change if it is answered as done, and to what address it goes; nothing else, ever. */
const CHANGES: [file: string, address: RegExp][] = [
  ["supervisord.conf", AUTOSTART],
  ["conf.d/extra.conf", AUTOSTART],
  ["config/service-autostart.toml", AUTOSTART],
  ["config/service-updates.toml", POLICY],
  ["config/controlpilot/access.json", ACCESS],
];
/** What runs writes it. */
const WRITTEN = [
  /\.log(?:\.\d+)?$/,
  /^config\/controlpilot-audit\.jsonl(?:\.\d+)?$/,
  /^config\/service-updates-rollback\.jsonl$/,
  /^run\//,
];

/** All files of a machine, of which each may be changed by one thing only. */
export function guardFiles(dir: string) {
  const first = filesIn(dir);
  let last = read();

  function read(): Map<string, string | null> {
    const kept = [...first, ...CHANGES.map(([file]) => file)].filter((file) => !isWritten(file));
    return new Map(kept.map((file) => [file, contentOf(join(dir, file))]));
  }

  return {
    /** What was changed since it was looked at last, by none of the addresses that were answered as done. */
    changedBut(targets: string[]): string[] {
      const before = last;
      last = read();
      return [...last.keys()].filter((file) => {
        if (last.get(file) === before.get(file)) return false;
        return !CHANGES.some(([name, way]) => name === file && targets.some((to) => way.test(to)));
      });
    },

    /** Files that nobody has to make: what is left of a write that did not end, say. */
    strange(): string[] {
      const made = CHANGES.map(([file]) => file);
      return filesIn(dir).filter(
        (file) => !first.includes(file) && !made.includes(file) && !isWritten(file),
      );
    },
  };
}

function isWritten(file: string): boolean {
  return WRITTEN.some((pattern) => pattern.test(file));
}

function filesIn(dir: string): string[] {
  const all = readdirSync(dir, { recursive: true, encoding: "utf8" });
  return all.filter((path) => statSync(join(dir, path), { throwIfNoEntry: false })?.isFile());
}

/** But for when a token or a session was last used, which is written down from time to time. */
function contentOf(path: string): string | null {
  if (!existsSync(path)) return null;
  return readFileSync(path, "latin1").replaceAll(/"last_used_at": .*/g, "");
}
