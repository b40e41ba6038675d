import type { ConfigDrift } from "@/lib/contract/supervisor";
import type { ProgramConfig } from "./adapters/supervisord";
import { type Snapshot, serviceNameOf } from "./snapshot";

type Reread = { added: string[]; changed: string[]; removed: string[] };
type Options = Record<string, string>;
type Pending = { answer: Reread; before: Snapshot; at: number };

/** A comparison of the files with what is loaded, and the state of things it was made in. */
export type Comparison = { drift: ConfigDrift; pid: number; signature: string; at: number };

const VISIBLE = [
  "autostart",
  "command",
  "directory",
  "exitcodes",
  "startsecs",
  "startretries",
  "stopwaitsecs",
] as const;

/**
 * Keeps apart what supervisord goes by and what it parsed last. Its `getAllConfigInfo` tells the
 * latter, and a reread its difference from the former, so the two together tell what is loaded.
 */
export function createLoadedConfig() {
  let pid: number | null = null;
  let autostart = new Map<string, boolean | null>();
  let baseline = new Map<string, Options>();
  let pending: Pending | null = null;
  let latest: Comparison | null = null;

  /** To be told of every snapshot, in their order. */
  function observe(snapshot: Snapshot): void {
    if (snapshot.supervisord.pid !== pid) forget(snapshot.supervisord.pid);
    // Before any reread of ours what is parsed is what is loaded, unless somebody else reread.
    for (const [name, config] of snapshot.parsed) {
      if (!autostart.has(name)) autostart.set(name, config.autostart);
      if (!baseline.has(config.group)) remember(config.group, snapshot);
    }
    if (pending && snapshot.at >= pending.at) settle(pending, snapshot);
  }

  function forget(newPid: number): void {
    pid = newPid;
    autostart = new Map();
    baseline = new Map();
    pending = null;
    latest = null;
  }

  function settle({ answer, before }: Pending, after: Snapshot): void {
    const changed = new Set(answer.changed);
    // Where this reread brought nothing new to light, somebody had reread before: what was parsed is no proof.
    const isProof =
      latest !== null ||
      [...after.parsed].some(([name, one]) => differs(before.parsed.get(name), one));
    const known = latest?.drift.options ?? {};
    const options: ConfigDrift["options"] = {};
    for (const [name, config] of after.parsed) {
      if (!changed.has(config.group)) {
        autostart.set(name, config.autostart);
        remember(config.group, after);
        continue;
      }
      if (!isProof) autostart.set(name, null);
      const found = whatDiffers(config, before, after);
      options[config.group] = found.length > 0 ? found : (known[config.group] ?? []);
    }
    pending = null;
    const drift = { ...answer, options, error: after.conf.error };
    latest = { drift, pid: after.supervisord.pid, signature: after.conf.signature, at: after.at };
  }

  function remember(program: string, { conf }: Snapshot): void {
    const section = conf.programs.get(program);
    if (section) baseline.set(program, section.options);
  }

  function whatDiffers(config: ProgramConfig, before: Snapshot, after: Snapshot): string[] {
    const was = baseline.get(config.group) ?? {};
    const is = after.conf.programs.get(config.group)?.options ?? {};
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    const written = keys.filter((key) => was[key] !== is[key]);
    if (written.length > 0) return written;
    // The files had changed before they were seen here for the first time.
    const parsedBefore = before.parsed.get(serviceNameOf(config));
    return VISIBLE.filter((key) => String(parsedBefore?.[key]) !== String(config[key]));
  }

  return {
    observe,

    /** supervisord has parsed its config anew; the next snapshot tells what that means. */
    noteReread(answer: Reread, before: Snapshot): void {
      pending = { answer, before: pending?.before ?? before, at: Date.now() };
    },

    /** Null before the first reread of ours. */
    comparison: () => latest,

    /** Whether supervisord starts it when it comes up, as loaded; null where that cannot be told. */
    autostartOf: (name: string): boolean | null => autostart.get(name) ?? null,
  };
}

function differs(a: ProgramConfig | undefined, b: ProgramConfig): boolean {
  return VISIBLE.some((key) => String(a?.[key]) !== String(b[key]));
}
