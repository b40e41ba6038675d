import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { waitFor } from "@/lib/server/testing/wait-for";
import apps from "@/scripts/apps.json";
import { freePort } from "./free-port";
import { killAllWith, pidsWith } from "./processes";

const PROJECT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** As much of ControlPilot as `npm start` looks at. */
const SERVER = `require("node:http").createServer((request, response) => {
  const { SUPERVISOR_CONFIG_PATH, SUPERVISOR_SOCKET } = process.env;
  response.end(JSON.stringify({ status: "ok", SUPERVISOR_CONFIG_PATH, SUPERVISOR_SOCKET }));
}).listen(process.env.PORT, process.env.HOSTNAME);
`;
const BUILD = `import { hashSources, writeStamp } from "./setup/build-stamp.mjs";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
const root = process.argv[1].replace("scripts/build.mjs", "");
mkdirSync(root + ".next/standalone", { recursive: true });
writeFileSync(root + ".next/standalone/package.json", "{}");
writeFileSync(root + ".next/standalone/server.js", ${JSON.stringify(SERVER)});
appendFileSync(root + "built", "x");
writeStamp(root, hashSources(root));
`;

/** The scripts as they are in a fresh clone, with a small web server in the place of the real one. */
export class Checkout {
  private readonly parent = mkdtempSync(join(tmpdir(), "cp-start-"));
  readonly root: string;
  private ports: Record<string, string> = {};

  /** Any name a folder may have. */
  constructor(name: string) {
    this.root = join(this.parent, name);
    for (const part of ["scripts", "supervisor"]) {
      cpSync(join(PROJECT, part), join(this.root, part), { recursive: true });
    }
    mkdirSync(join(this.root, "app"));
    cpSync(join(PROJECT, "node_modules/ini"), join(this.root, "node_modules/ini"), {
      recursive: true,
    });
    this.write("scripts/build.mjs", BUILD);
    this.write("package.json", '{"type":"module"}');
    this.write("package-lock.json", "{}");
    this.write("node_modules/.package-lock.json", "{}");
  }

  /** With all nine programs again. */
  keepAll(): void {
    cpSync(join(PROJECT, "supervisor"), join(this.root, "supervisor"), { recursive: true });
  }

  /** Spares the machine the programs that a test has no need of. */
  keepOnly(...names: string[]): void {
    const path = "supervisor/supervisord.conf";
    const sections = this.read(path).split(/^(?=\[)/m);
    const kept = sections.filter((section) => {
      const name = section.match(/^\[program:(.+)\]/)?.[1];
      return !name || names.includes(name);
    });
    this.write(path, kept.join(""));
  }

  /** Ports that are free on this machine now, for everything that will listen. */
  async reservePorts(): Promise<void> {
    for (const { portEnv } of Object.values(apps)) this.ports[portEnv] = String(await freePort());
  }

  get url(): string {
    return `http://localhost:${this.ports.PORTAL_PORT}`;
  }

  get workspace(): string {
    return join(this.root, "workspace");
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** Runs to its end. */
  run(args: string[], extra: Record<string, string> = {}) {
    const { status, stdout, stderr } = spawnSync(process.execPath, this.argv(args), {
      env: this.env(extra),
      encoding: "utf8",
      timeout: 60_000,
    });
    return { code: status, stdout: stdout.trim(), stderr: stderr.trim() };
  }

  /** Starts, and waits until it says that it is ready. */
  async start(args: string[] = [], extra: Record<string, string> = {}) {
    const child = spawn(process.execPath, this.argv(args), { env: this.env(extra) });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        said += text;
      });
    }
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    await waitFor(() => said.includes("is ready") || hasEnded(), 60_000);
    if (hasEnded()) throw new Error(`npm start ended: ${said}`);
    return { child, said: () => said };
  }

  /** Everything that lives off this checkout, however far from its parent. */
  processes(): number[] {
    return pidsWith(this.workspace);
  }

  async end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(child, "exit");
    child.kill(signal);
    return (await ended)[0];
  }

  remove(): void {
    killAllWith(this.workspace);
    const conf = "workspace/run/supervisord.conf";
    const socket = this.has(conf) ? this.read(conf).match(/^file=(.+)$/m)?.[1] : null;
    if (socket) rmSync(dirname(socket), { recursive: true, force: true });
    rmSync(this.parent, { recursive: true, force: true });
  }

  private argv(args: string[]): string[] {
    return [join(this.root, "scripts", "start.mjs"), ...args];
  }

  private env(extra: Record<string, string>): NodeJS.ProcessEnv {
    const {
      WORKSPACE_ROOT: _,
      CONTROLPILOT_HOME: __,
      npm_lifecycle_event: ___,
      ...own
    } = process.env;
    const dirs = {
      PILOT_REPOS_DIR: join(this.root, "none"),
      PILOT_VENVS_DIR: join(this.root, "none"),
    };
    return { ...own, ...dirs, ...this.ports, ...extra };
  }
}
