import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { killAllWith, pidsWith } from "./processes";

const SCRIPTS = dirname(dirname(fileURLToPath(import.meta.url)));

/** supervisord's config of a machine in a folder; it includes conf.d as the image's config does. */
const CONF = `[unix_http_server]
file={dir}/s.sock
[supervisorctl]
serverurl=unix://{dir}/s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisord]
nodaemon=true
logfile=/workspace/logs/supervisord.log
pidfile={dir}/supervisord.pid
[include]
files=conf.d/*.conf
`;

/** A machine to boot, in a folder of its own: `pilot` as in the image, `workspace`, `run`, and a config. */
export class BootMachine {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), "cp-boot-")));
  readonly workspace = join(this.dir, "workspace");
  readonly secrets = join(this.workspace, "config/secrets.env");
  readonly conf = join(this.dir, "supervisord.conf");

  constructor() {
    chmodSync(this.dir, 0o755);
    for (const part of ["bootstrap.sh", "lib.sh", "boot"]) {
      cpSync(join(SCRIPTS, part), join(this.dir, "pilot", part), { recursive: true });
    }
    this.writeConf();
  }

  /** `{dir}` in programs stands for the machine's folder. */
  writeConf(programs = ""): void {
    writeFileSync(this.conf, `${CONF}${programs}`.replaceAll("{dir}", this.dir));
  }

  write(path: string, text: string | Buffer): string {
    const full = join(this.dir, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }

  has(path: string): boolean {
    return existsSync(join(this.dir, path));
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), "utf8");
  }

  modeOf(path: string): number {
    return statSync(path).mode & 0o777;
  }

  problems(): string[] {
    return this.read("run/boot-problems").split("\n").filter(Boolean);
  }

  /** Prepares, and goes on as the command if there is one; answers once that has ended. */
  boot(env: Record<string, string> = {}, command: string[] = []) {
    const args = [join(this.dir, "pilot/bootstrap.sh"), ...command];
    const { status, stdout, stderr } = spawnSync("bash", args, {
      env: this.env(env),
      encoding: "utf8",
      timeout: 60_000,
    });
    return { code: status, stdout: stdout.trim(), stderr };
  }

  /** Boots into a supervisord; its output is dropped. */
  start(env: Record<string, string> = {}): ChildProcess {
    const bootstrap = join(this.dir, "pilot/bootstrap.sh");
    const command = ["supervisord", "--nodaemon", "--silent", "-c", this.conf];
    return spawn("bash", [bootstrap, ...command], { env: this.env(env), stdio: "ignore" });
  }

  /** What supervisorctl says, as a person calls it: without the variables of the boot. */
  ask(...words: string[]): string {
    const args = ["-c", this.conf, ...words];
    const env = { NODE_ENV: "test", PATH: process.env.PATH } as const;
    return spawnSync("supervisorctl", args, { encoding: "utf8", env }).stdout.trim();
  }

  /** Everything that was started by a boot of this machine and still lives. */
  processes(): number[] {
    return pidsWith(this.workspace);
  }

  remove(): void {
    killAllWith(this.workspace);
    rmSync(this.dir, { recursive: true, force: true });
  }

  env(extra: Record<string, string>): NodeJS.ProcessEnv {
    return {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      HOME: this.dir,
      WORKSPACE_ROOT: this.workspace,
      PILOT_RUN_DIR: join(this.dir, "run"),
      SUPERVISOR_CONFIG_PATH: this.conf,
      ...extra,
    };
  }
}

/** The exit code, or the signal that ended it. */
export async function endOf(child: ChildProcess): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.signalCode ?? child.exitCode ?? "?";
}
