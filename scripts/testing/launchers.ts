import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { renderConf } from "../setup/render.mjs";
import { commandOf, killAllWith, pidsWith } from "./processes";

export const SCRIPTS = dirname(dirname(fileURLToPath(import.meta.url)));
const CONF = join(SCRIPTS, "..", "supervisor", "supervisord.conf");

/** Node's pipes are sockets: bash takes one on its stdin for a login over the network. */
const NO_STDIN: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];

/** What the launchers themselves call. */
const TOOLS =
  "bash cat chmod cp dirname env id ln mkdir mktemp mv realpath rm sh sleep stat timeout";

/** Says how it was run, one fact a line. */
const FAKE = `#!/bin/bash
printf 'run %s\\n' "$0 $*"
printf 'in %s\\n' "$PWD"
exec env
`;

const LAUNCHERS: Record<string, string> = {
  jupyter: "start-jupyter.sh",
  "code-server": "start-code-server.sh",
  comfy: "comfy.sh",
  kohya: "start-kohya.sh",
  diffpipe: "diffusion-pipe.sh",
  invoke: "invoke.sh",
  copilot: "copilot-sidecar.sh",
};

export type Ran = {
  code: number | null;
  stderr: string;
  lines: string[];
  /** The command line of the fake that ran last, and its folder and environment. */
  run: string;
  cwd: string;
  env: Record<string, string>;
};

type Extra = Record<string, string>;

/** A machine in a folder of its own: on its PATH is only what is put there, whatever this one has installed. */
export class Machine {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), "cp-launch-")));
  readonly workspace = join(this.dir, "workspace");

  constructor() {
    mkdirSync(join(this.workspace, "config"), { recursive: true });
    mkdirSync(this.path("tools"));
    for (const tool of TOOLS.split(" ")) symlinkSync(which(tool), this.path("tools", tool));
    symlinkSync(process.execPath, this.path("tools/node"));
    symlinkSync(findPython(), this.path("tools/python3"));
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  write(path: string, text: string): string {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
    return this.path(path);
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  /** A program in the place of an app. */
  fake(path: string, text = FAKE): string {
    const full = this.write(path, text);
    chmodSync(full, 0o755);
    return full;
  }

  secrets(text: string): void {
    this.write("workspace/config/secrets.env", text);
  }

  launch(name: string, extra: Extra = {}): Ran {
    return this.run([join(SCRIPTS, LAUNCHERS[name] ?? "")], extra);
  }

  /** As supervisord runs it, but for the folders. */
  command(name: string, extra: Extra = {}): Ran {
    return this.run(["-c", this.commandLine(name)], extra);
  }

  /** A few lines of bash that have the launchers' functions. */
  script(text: string, extra: Extra = {}): Ran {
    return this.run(["-euo", "pipefail", "-c", `. ${SCRIPTS}/lib.sh\n${text}`], extra);
  }

  /** Goes on beside the test, as the leader of a group of processes, as supervisord starts it. */
  start(args: string[], extra: Extra = {}) {
    const child = spawn("bash", args, {
      env: this.environment(extra),
      stdio: NO_STDIN,
      detached: true,
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        said += text;
      });
    }
    const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
    return { child, said: () => said, ended };
  }

  startLauncher(name: string, extra: Extra = {}) {
    return this.start([join(SCRIPTS, LAUNCHERS[name] ?? "")], extra);
  }

  /** Those of this machine that run, what has ended and waits for its parent apart. */
  processes(): string[] {
    return pidsWith(this.dir).map(commandOf);
  }

  environment(extra: Extra = {}): NodeJS.ProcessEnv {
    const path = this.path("tools");
    return {
      NODE_ENV: "test",
      PATH: path,
      PILOT_PATH: path,
      HOME: this.dir,
      WORKSPACE_ROOT: this.workspace,
      PILOT_RUN_DIR: this.path("run"),
      PILOT_REPOS_DIR: this.path("repos"),
      PILOT_VENVS_DIR: this.path("venvs"),
      ...extra,
    };
  }

  commandLine(name: string): string {
    const conf = renderConf(readFileSync(CONF, "utf8"), {
      workspace: this.workspace,
      scripts: SCRIPTS,
      ownServices: "/nowhere",
      socket: "/nowhere",
      pidfile: "/nowhere",
      inetPort: null,
      isRoot: false,
    });
    const after = conf.slice(conf.indexOf(`[program:${name}]`));
    return after.match(/^command=(.+)$/m)?.[1] ?? "";
  }

  remove(): void {
    killAllWith(this.dir);
    rmSync(this.dir, { recursive: true, force: true });
  }

  private run(args: string[], extra: Extra): Ran {
    const { status, stdout, stderr } = spawnSync("bash", args, {
      env: this.environment(extra),
      stdio: NO_STDIN,
      encoding: "utf8",
      timeout: 30_000,
    });
    const lines = stdout.split("\n");
    const after = (prefix: string) =>
      lines.findLast((line) => line.startsWith(prefix))?.slice(prefix.length) ?? "";
    const pairs = lines.map((line) => line.match(/^(\w+)=(.*)$/)?.slice(1) ?? []);
    return {
      code: status,
      stderr,
      lines,
      run: after("run "),
      cwd: after("in "),
      env: Object.fromEntries(pairs.filter((pair) => pair.length === 2)),
    };
  }
}

export function which(tool: string): string {
  return spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim();
}

/** The interpreter itself: what is on PATH may be a script that looks for one there. */
function findPython(): string {
  const script = "import sys; print(sys.executable)";
  return spawnSync("python3", ["-c", script], { encoding: "utf8" }).stdout.trim();
}
