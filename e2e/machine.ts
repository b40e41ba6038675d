import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createSupervisord } from "../lib/server/adapters/supervisord";
import { kill } from "../scripts/testing/processes";

const SERVER = resolve(".next/standalone/server.js");
export const PORTAL = resolve("scripts/portal.sh");

/** What stands in for each of the nine programs but ControlPilot: it writes a little and stays. */
const PROGRAM = `#!/bin/sh
printf '\\033[32mINFO\\033[0m %s is up\\n' "$1"
for step in 1 2 3 4 5; do printf '\\rsteps: %s0%%|###  | %s/10' "$step" "$step" >&2; done
printf '\\n' >&2
exec sleep 100000
`;

/** Comes up never: it says why and ends with 3. */
const CRASHER = `#!/bin/sh
echo 'Traceback (most recent call last):' >&2
echo '  File "train.py", line 7, in <module>' >&2
echo "ModuleNotFoundError: No module named 'xformers'" >&2
exit 3
`;

const NINE = [
  ["jupyter", true],
  ["code-server", true],
  ["comfy", true],
  ["kohya", true],
  ["diffpipe", true],
  ["invoke", true],
  ["ai-toolkit", true],
  ["copilot", false],
] as const;

/** A machine of its own: a real supervisord with the nine services, ControlPilot among them. */
export class Machine {
  readonly dir = mkdtempSync(join(tmpdir(), "cp-e2e-"));
  readonly configPath = join(this.dir, "supervisord.conf");
  readonly extraPath = join(this.dir, "conf.d", "extra.conf");
  url = "";
  private port = 0;
  private supervisord: ChildProcess | null = null;
  private orphans: number[] = [];

  /** `environment` is added to that of ControlPilot, `commands` are run in place of the stand-ins. */
  constructor(
    private readonly environment: Record<string, string> = {},
    private readonly commands: Record<string, string> = {},
  ) {}

  async start(): Promise<void> {
    if (!existsSync(SERVER)) throw new Error("There is no build. Run: npm run build");
    this.port = await freePort();
    this.url = `http://localhost:${this.port}`;
    mkdirSync(join(this.dir, "conf.d"));
    this.writeScript("service.sh", PROGRAM);
    this.writeScript("crasher.sh", CRASHER);
    writeFileSync(this.configPath, this.configText());
    writeFileSync(this.extraPath, this.extraText());
    await this.startSupervisord();
    const autostarted = NINE.filter(([, autostart]) => autostart).length + 1;
    await this.until(async () => (await this.pids()).size === autostarted);
  }

  async startSupervisord(): Promise<void> {
    this.supervisord = spawn("supervisord", ["-n", "-c", this.configPath], { stdio: "ignore" });
    await this.until(() => this.isUp());
  }

  /** With all it ran but the web server, which lives on as an orphan and goes on serving the page. */
  async killSupervisord(): Promise<void> {
    const pids = await this.pids();
    this.supervisord?.kill("SIGKILL");
    if (this.supervisord) await once(this.supervisord, "exit");
    for (const [name, pid] of pids) {
      if (name === "controlpilot") this.orphans.push(pid);
      else kill(pid);
    }
  }

  freezeSupervisord(frozen: boolean): void {
    this.supervisord?.kill(frozen ? "SIGSTOP" : "SIGCONT");
  }

  /** supervisord itself would take a second for each program. */
  async end(): Promise<void> {
    this.freezeSupervisord(false);
    const pids = await this.pids().catch(() => new Map<string, number>());
    this.supervisord?.kill("SIGKILL");
    for (const pid of [...pids.values(), ...this.orphans]) kill(pid);
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  ctl(...args: string[]): void {
    execFileSync("supervisorctl", ["-c", this.configPath, ...args]);
  }

  /** What supervisord itself says, by name. */
  async states(): Promise<Map<string, string>> {
    return new Map((await this.processes()).map(({ name, statename }) => [name, statename]));
  }

  async pids(): Promise<Map<string, number>> {
    const running = (await this.processes()).filter(({ statename }) => statename === "RUNNING");
    return new Map(running.map(({ name, pid }) => [name, pid]));
  }

  /** Of a service that runs or starts; 0 of one that does neither. */
  async pidOf(service: string): Promise<number> {
    return (await this.processes()).find(({ name }) => name === service)?.pid ?? 0;
  }

  get socketPath(): string {
    return join(this.dir, "s.sock");
  }

  read(file: string): string {
    return readFileSync(join(this.dir, file), "utf8");
  }

  /** In place, so that supervisord goes on writing to the same file. */
  write(file: string, content: string | Uint8Array): void {
    writeFileSync(join(this.dir, file), content);
  }

  append(file: string, text: string): void {
    writeFileSync(join(this.dir, file), text, { flag: "a" });
  }

  remove(file: string): void {
    rmSync(join(this.dir, file));
  }

  async until(holds: () => boolean | Promise<boolean>, timeoutMs = 20_000): Promise<void> {
    const giveUpAt = Date.now() + timeoutMs;
    while (!(await holds())) {
      if (Date.now() > giveUpAt) throw new Error(`Not so after ${timeoutMs} ms: ${holds}`);
      await sleep(50);
    }
  }

  private async processes() {
    const supervisord = createSupervisord({ findSocket: () => this.socketPath });
    const { processes } = await supervisord.look({ configs: false }).finally(supervisord.close);
    return processes;
  }

  private async isUp(): Promise<boolean> {
    const answer = await fetch(`${this.url}/api/health`).catch(() => null);
    const health = answer?.ok ? ((await answer.json()) as { supervisord: string }) : null;
    return health?.supervisord === "up";
  }

  private writeScript(name: string, text: string): void {
    writeFileSync(join(this.dir, name), text);
    chmodSync(join(this.dir, name), 0o755);
  }

  private configText(): string {
    const programs = NINE.map(([name, autostart]) =>
      this.programText(name, this.commands[name] ?? `${this.dir}/service.sh ${name}`, autostart),
    );
    return `[unix_http_server]
file=${this.dir}/s.sock
chmod=0700

[supervisord]
logfile=${this.dir}/supervisord.log
pidfile=${this.dir}/supervisord.pid
childlogdir=${this.dir}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://${this.dir}/s.sock

${programs.join("\n")}
${this.programText("controlpilot", PORTAL, true)}environment=${this.environmentText()}
stopasgroup=true
killasgroup=true

[include]
files=conf.d/*.conf
`;
  }

  private extraText(): string {
    const crasher = this.programText("crasher", `${this.dir}/crasher.sh`, false);
    return `; programs of this machine's owner\n${crasher}startretries=1\n`;
  }

  private programText(name: string, command: string, autostart: boolean): string {
    return `[program:${name}]
command=${command}
autostart=${autostart}   ; set by the owner
autorestart=true
startsecs=1
stopwaitsecs=5
stdout_logfile=${this.dir}/${name}.out.log
stderr_logfile=${this.dir}/${name}.err.log
`;
  }

  private environmentText(): string {
    const variables = {
      PORTAL_HOST: "127.0.0.1",
      PORTAL_PORT: this.port,
      WORKSPACE_ROOT: this.dir,
      SUPERVISOR_CONFIG_PATH: this.configPath,
      ...this.environment,
    };
    return Object.entries(variables)
      .map(([name, value]) => `${name}="${value}"`)
      .join(",");
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
