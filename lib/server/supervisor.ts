import type { ConfigDrift, Health, Supervisor } from "@/lib/contract/supervisor";
import { type Supervisord, SupervisordFault } from "./adapters/supervisord";
import { AppError } from "./errors";
import type { Comparison, createLoadedConfig } from "./loaded-config";
import type { Monitor } from "./monitor";
import type { Snapshot } from "./snapshot";

/** A difference may go away by somebody else's hand, without a file changing. */
const RECHECK_MS = 10_000;
const HEALTH_MS = 300;
/** A look this recent is proof enough that supervisord answers. */
const RECENT_MS = 2000;
const NONE: ConfigDrift = { added: [], changed: [], removed: [], options: {}, error: null };

/** supervisord itself: its state, and how its config on disk differs from what it has loaded. */
export function createSupervisor(deps: {
  monitor: Monitor<Snapshot>;
  supervisord: Pick<Supervisord, "reread">;
  loaded: ReturnType<typeof createLoadedConfig>;
  forgetParsed: () => void;
  bootProblems: () => Promise<string[]>;
  configPath: string;
  version: string;
}) {
  const { monitor, supervisord, loaded } = deps;

  /**
   * Has supervisord parse its config again, which applies nothing. What came of it is known with
   * the next look. A config that supervisord cannot parse is a "conflict".
   */
  async function askReread(): Promise<void> {
    const before = monitor.latest() ?? (await monitor.read());
    const answer = await supervisord.reread().catch((error: unknown) => {
      if (!(error instanceof SupervisordFault)) throw error;
      throw new AppError(
        "conflict",
        `${deps.configPath} cannot be read by supervisord: ${error.text}`,
      );
    });
    loaded.noteReread(answer, before);
    deps.forgetParsed();
    monitor.invalidate();
  }

  let comparing: Promise<ConfigDrift> | null = null;
  let refused: { signature: string; error: string } | null = null;

  /** One comparison for all who ask meanwhile. */
  function compare(): Promise<ConfigDrift> {
    comparing ??= compareNow().finally(() => {
      comparing = null;
    });
    return comparing;
  }

  async function compareNow(): Promise<ConfigDrift> {
    await askReread();
    await monitor.read();
    return loaded.comparison()?.drift ?? NONE;
  }

  function stillHolds({ drift, pid, signature, at }: Comparison, snapshot: Snapshot): boolean {
    if (pid !== snapshot.supervisord.pid || signature !== snapshot.conf.signature) return false;
    const inStep = [drift.added, drift.changed, drift.removed].every((names) => names.length === 0);
    return inStep || snapshot.at - at < RECHECK_MS;
  }

  /** A config that cannot be parsed is a state to show, not a failure. */
  async function drift(snapshot: Snapshot): Promise<ConfigDrift> {
    const known = loaded.comparison();
    if (known && stillHolds(known, snapshot)) return known.drift;
    if (snapshot.conf.error) return { ...NONE, error: snapshot.conf.error };
    const { signature } = snapshot.conf;
    if (refused?.signature === signature) return { ...NONE, error: refused.error };
    return compare().catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== "conflict") throw error;
      refused = { signature, error: error.message };
      return { ...NONE, error: error.message };
    });
  }

  return {
    async status(): Promise<Supervisor> {
      const snapshot = await monitor.read();
      const config = await drift(snapshot);
      return {
        ...snapshot.supervisord,
        config_path: deps.configPath,
        log_path: snapshot.conf.supervisord.logfile,
        config,
        boot: { problems: await deps.bootProblems() },
      };
    },

    askReread,

    /** The same, and what differs now. */
    reread: compare,

    /** Says within 300 ms what can be said; "busy" where supervisord has not answered by then. */
    async health(): Promise<Health> {
      const known = monitor.latest();
      const isRecent = known !== null && Date.now() - known.at < RECENT_MS;
      const supervisordIs = await Promise.race([
        ...(isRecent ? ["up" as const] : []),
        monitor.read().then(
          () => "up" as const,
          () => "down" as const,
        ),
        new Promise<"busy">((resolve) => setTimeout(resolve, HEALTH_MS, "busy" as const)),
      ]);
      return { status: "ok", supervisord: supervisordIs, version: deps.version };
    },
  };
}
