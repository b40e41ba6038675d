import type { ConfigDrift } from "@/lib/contract/supervisor";
import type { ProgramConfig } from "./adapters/supervisord";
import { type Snapshot, serviceNameOf } from "./snapshot";

type Reread = { added: string[]; changed: string[]; removed: string[] };
type Options = Record<string, string>;

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
  let outOfStep = new Set<string>();
  let options: ConfigDrift["options"] = {};
  let settled = false;

  /** Before any reread of ours what is parsed is what is loaded, unless somebody else reread. */
  function observe(snapshot: Snapshot): void {
    const { supervisord, parsed } = snapshot;
    if (supervisord.pid !== pid) {
      pid = supervisord.pid;
      autostart = new Map();
      baseline = new Map();
      outOfStep = new Set();
      options = {};
      settled = false;
    }
    for (const [name, config] of parsed) {
      if (!autostart.has(name)) autostart.set(name, config.autostart);
      if (!baseline.has(config.group)) remember(config.group, snapshot);
    }
  }

  /** Takes in what a reread answered; `before` and `after` are the snapshots around it. */
  function settle(reread: Reread, before: Snapshot, after: Snapshot): ConfigDrift {
    const changed = new Set(reread.changed);
    // Where this reread brought nothing new to light, somebody had reread before: what was parsed is no proof.
    const proof =
      settled || [...after.parsed].some(([name, one]) => differs(before.parsed.get(name), one));
    const known = options;
    options = {};
    for (const [name, config] of after.parsed) {
      if (!changed.has(config.group)) {
        autostart.set(name, config.autostart);
        remember(config.group, after);
      } else {
        if (!proof && !outOfStep.has(config.group)) autostart.set(name, null);
        const found = whatDiffers(config, before, after);
        options[config.group] = found.length > 0 ? found : (known[config.group] ?? []);
      }
    }
    outOfStep = changed;
    settled = true;
    return { ...reread, options, error: after.conf.error };
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
    settle,
    /** Whether supervisord starts it when it comes up, as loaded; null where that cannot be told. */
    autostartOf: (name: string): boolean | null => autostart.get(name) ?? null,
  };
}

function differs(a: ProgramConfig | undefined, b: ProgramConfig): boolean {
  return VISIBLE.some((key) => String(a?.[key]) !== String(b[key]));
}
