import type { ServiceState } from "@/lib/contract/services";
import {
  type ProcessInfo,
  type ProgramConfig,
  type Supervisord,
  SupervisordFault,
} from "../adapters/supervisord";
import { AppError } from "../errors";

export type FakeProgram = {
  state?: ServiceState;
  startsecs?: number;
  /** Ends right after each start. */
  crashes?: boolean;
  /** How long it takes to end once asked to. */
  stopMs?: number;
  /** supervisord starts it again at the look after its end. */
  restartsItself?: boolean;
};

const RUNNING_STATES = ["RUNNING", "STARTING", "BACKOFF"];

/** supervisord's rules for one program each, in memory; the suites that use it run on the real one too. */
export function createFakeSupervisord(programs: Record<string, FakeProgram>) {
  const calls: string[] = [];
  let failure: Error | null = null;
  let lost: string | null = null;
  let nextPid = 100;
  const states = new Map(
    Object.entries(programs).map(([name, { state = "STOPPED" }]) => [
      name,
      { state, startedAt: 0, pid: state === "RUNNING" ? nextPid++ : 0, start: 0, stop: 0 },
    ]),
  );

  function one(name: string) {
    if (failure) throw failure;
    const state = states.get(name);
    const program = programs[name];
    if (!state || !program) throw new SupervisordFault("BAD_NAME", name);
    const startMs = (program.startsecs ?? 0) * 1000;
    if (state.state === "STARTING" && performance.now() - state.startedAt >= startMs) {
      state.state = program.crashes ? "BACKOFF" : "RUNNING";
    }
    return { state, program };
  }

  function lose(call: string): void {
    if (call !== lost) return;
    lost = null;
    throw new AppError("unavailable", "frozen");
  }

  function infoOf(name: string): ProcessInfo {
    const { state, program } = one(name);
    const statename = state.state;
    if (statename === "EXITED" && program.restartsItself) {
      Object.assign(state, { state: "RUNNING", pid: nextPid++, start: now() });
    }
    return {
      name,
      group: name,
      statename,
      now: now(),
      start: state.start,
      stop: state.stop,
      exitstatus: 0,
      spawnerr:
        state.state === "BACKOFF" ? "Exited too quickly (process log may have details)" : "",
      pid: state.pid,
      stdout_logfile: "",
      stderr_logfile: "",
    };
  }

  const supervisord: Pick<Supervisord, "look" | "start" | "stop"> = {
    async look() {
      if (failure) throw failure;
      const names = [...states.keys()];
      const parsedConfigs = names.map((name) => configOf(name, programs[name]?.startsecs ?? 0));
      return {
        state: "RUNNING",
        pid: 1,
        version: "4.2.5",
        processes: names.map(infoOf),
        parsedConfigs,
      };
    },
    async start(name) {
      const { state } = one(name);
      lose(`start ${name}`);
      calls.push(`start ${name}`);
      if (RUNNING_STATES.includes(state.state)) throw new SupervisordFault("ALREADY_STARTED", name);
      if (state.state === "STOPPING") return;
      Object.assign(state, {
        state: "STARTING",
        startedAt: performance.now(),
        pid: nextPid++,
        start: now(),
      });
    },
    async stop(name) {
      const { state, program } = one(name);
      calls.push(`stop ${name}`);
      if (!RUNNING_STATES.includes(state.state)) throw new SupervisordFault("NOT_RUNNING", name);
      state.state = "STOPPING";
      setTimeout(
        () => Object.assign(state, { state: "STOPPED", pid: 0, stop: now() }),
        program.stopMs ?? 5,
      );
    },
  };

  return {
    supervisord,
    calls,
    pidOf: (name: string) => states.get(name)?.pid ?? 0,
    /** The answer to this call is lost once, and so is the call. */
    loseNext(call: string) {
      lost = call;
    },
    /** Every call fails with this until it is null again. */
    failWith(error: Error | null) {
      failure = error;
    },
  };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function configOf(name: string, startsecs: number): ProgramConfig {
  const rest = {
    directory: "none",
    exitcodes: [0],
    startretries: 3,
    stopwaitsecs: 3,
    process_prio: 999,
  };
  return { name, group: name, autostart: false, command: "/bin/sleep", startsecs, ...rest };
}
