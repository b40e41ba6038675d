import type { ConfState, SupervisorConf } from "./adapters/supervisor-conf";
import type { ProcessInfo, ProgramConfig, Supervisord } from "./adapters/supervisord";
import type { History } from "./history";
import type { Life } from "./lives";

const CONFIGS_KEPT_MS = 5000;

/** What is known at one moment, straight from supervisord, its config files and its main log. */
export type Snapshot = {
  /** Milliseconds since 1970; everything in it was asked for after this moment. */
  at: number;
  supervisord: { state: string; pid: number; version: string };
  processes: ProcessInfo[];
  /** As parsed last, by service name. */
  parsed: ReadonlyMap<string, ProgramConfig>;
  conf: ConfState;
  /** By process name, without its group. */
  lives: ReadonlyMap<string, Life>;
};

/** supervisord's own way to name a process: its group stands in front where the two differ. */
export function serviceNameOf({ name, group }: { name: string; group: string }): string {
  return group === name ? name : `${group}:${name}`;
}

/** Takes snapshots; the parsed configs, half of all there is to parse, only where they may be new. */
export function createSnapshots(adapters: {
  supervisord: Supervisord;
  conf: SupervisorConf;
  lives: History["lives"];
}) {
  const { supervisord, conf } = adapters;
  let kept: { parsed: Snapshot["parsed"]; pid: number; signature: string; at: number } | null =
    null;

  function configsAreDue(signature: string): boolean {
    return !kept || kept.signature !== signature || Date.now() - kept.at > CONFIGS_KEPT_MS;
  }

  async function look(signature: string) {
    const first = await supervisord.look({ configs: configsAreDue(signature) });
    if (first.parsedConfigs || first.pid === kept?.pid) return first;
    return supervisord.look({ configs: true });
  }

  return {
    async take(): Promise<Snapshot> {
      const at = Date.now();
      const confState = await conf.read();
      const looked = await look(confState.signature);
      const { state, pid, version, processes, parsedConfigs } = looked;
      if (parsedConfigs || !kept) {
        const parsed = new Map((parsedConfigs ?? []).map((one) => [serviceNameOf(one), one]));
        kept = { parsed, pid, signature: confState.signature, at };
      }
      const { parsed } = kept;
      // supervisord writes first and answers then, so that what it answers is in the log by now.
      const lives = await adapters.lives(confState.supervisord.logfile, parsed);
      const supervisor = { state, pid, version };
      return { at, supervisord: supervisor, processes, parsed, conf: confState, lives };
    },

    /** supervisord has parsed its config anew: the next snapshot asks for it. */
    forgetParsed() {
      kept = null;
    },
  };
}
