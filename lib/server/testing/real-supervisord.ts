import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSupervisord } from "../adapters/supervisord";
import { waitFor } from "./wait-for";

export type RealSupervisord = Awaited<ReturnType<typeof startSupervisord>>;

/**
 * A real supervisord in a folder of its own. `{dir}` in `programs` stands for that folder; logs go
 * to `<dir>/<program>.{out,err}.log` unless a program says otherwise.
 */
export async function startSupervisord(programs: string) {
  const dir = await mkdtemp(join(tmpdir(), "cp-"));
  const configPath = join(dir, "supervisord.conf");
  const socketPath = join(dir, "s.sock");
  await writeFile(configPath, configText(dir, programs));
  let child = await launch(configPath, socketPath);

  return {
    dir,
    configPath,
    socketPath,
    logPath: join(dir, "supervisord.log"),
    mainLog: () => readFile(join(dir, "supervisord.log"), "utf8"),
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    /** As it is when the machine takes it away: no time to say goodbye. */
    async kill() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
    /** As it is when somebody ends it: it stops its programs first. */
    async end() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
    async startAgain() {
      child = await launch(configPath, socketPath);
    },
    async stop() {
      child.kill("SIGCONT");
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function launch(configPath: string, socketPath: string): Promise<ChildProcess> {
  const child = spawn("supervisord", ["-n", "-c", configPath], { stdio: "ignore" });
  const failed = once(child, "error").then(([error]) => {
    throw new Error("supervisord cannot be started; install Debian's package supervisor", {
      cause: error,
    });
  });
  failed.catch(() => {});
  const probe = createSupervisord({ findSocket: () => socketPath, timeoutMs: 1000 });
  const up = waitFor(() => probe.look({ configs: false }).catch(() => null));
  await Promise.race([up, failed]).finally(probe.close);
  return child;
}

function configText(dir: string, programs: string): string {
  const withLogs = programs.replaceAll("{dir}", dir).replace(
    /^\[program:(.+)\]$/gm,
    (header, name) => `${header}
stdout_logfile=${dir}/${name}.out.log
stderr_logfile=${dir}/${name}.err.log`,
  );
  return `[unix_http_server]
file=${dir}/s.sock
[supervisord]
logfile=${dir}/supervisord.log
pidfile=${dir}/supervisord.pid
childlogdir=${dir}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${dir}/s.sock
${withLogs}
`;
}
