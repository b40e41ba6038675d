import type { ConfigDrift, Health, Supervisor } from "@/lib/contract/supervisor";
import { type Supervisord, SupervisordFault } from "./adapters/supervisord";
import { AppError } from "./errors";
import type { createLoadedConfig } from "./loaded-config";
import type { Monitor } from "./monitor";
import type { Snapshot } from "./snapshot";

/** A difference may go away by somebody else's hand, without a file changing. */
const RECHECK_MS = 10_000;
const HEALTH_MS = 300;

type Comparison = { drift: ConfigDrift; pid: number; signature: string; at: number };

/** supervisord itself: its state, and how its config on disk differs from what it has loaded. */
export function createSupervisor(deps: {
  monitor: Monitor<Snapshot>;
  supervisord: Pick<Supervisord, "reread">;
  loaded: ReturnType<typeof createLoadedConfig>;
  forgetParsed: () => void;
  configPath: string;
  version: string;
}) {
  const { monitor, supervisord, loaded } = deps;
  let last: Comparison | null = null;
  let comparing: Promise<ConfigDrift> | null = null;

  /** Has supervisord parse its config again, which applies nothing, and says what differs. */
  function reread(): Promise<ConfigDrift> {
    comparing ??= compare().finally(() => {
      comparing = null;
    });
    return comparing;
  }

  async function compare(): Promise<ConfigDrift> {
    const before = await monitor.read();
    const answer = await supervisord.reread();
    deps.forgetParsed();
    monitor.invalidate();
    const after = await monitor.read();
    const drift = loaded.settle(answer, before, after);
    last = { drift, pid: after.supervisord.pid, signature: after.conf.signature, at: after.at };
    return drift;
  }

  function stillHolds({ drift, pid, signature, at }: Comparison, snapshot: Snapshot): boolean {
    if (pid !== snapshot.supervisord.pid || signature !== snapshot.conf.signature) return false;
    const inStep = [drift.added, drift.changed, drift.removed].every((names) => names.length === 0);
    return inStep || snapshot.at - at < RECHECK_MS;
  }

  /** A config that cannot be parsed is a state to show, not a failure. */
  async function drift(snapshot: Snapshot): Promise<ConfigDrift> {
    if (last && stillHolds(last, snapshot)) return last.drift;
    return reread().catch((error: unknown) => {
      if (!(error instanceof SupervisordFault)) throw error;
      const reason = snapshot.conf.error ?? `${deps.configPath}: ${error.text}`;
      const none = { added: [], changed: [], removed: [], options: {}, error: reason };
      last = {
        drift: none,
        pid: snapshot.supervisord.pid,
        signature: snapshot.conf.signature,
        at: snapshot.at,
      };
      return none;
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
      };
    },

    async reread(): Promise<ConfigDrift> {
      return reread().catch((error: unknown) => {
        if (!(error instanceof SupervisordFault)) throw error;
        throw new AppError(
          "conflict",
          `${deps.configPath} cannot be read by supervisord: ${error.text}`,
        );
      });
    },

    /** Says within 300 ms what can be said; "busy" where supervisord has not answered by then. */
    async health(): Promise<Health> {
      const supervisordIs = await Promise.race([
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
