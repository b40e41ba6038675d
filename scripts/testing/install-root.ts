import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createRunner } from "@/lib/server/adapters/command";
import { createGit } from "@/lib/server/adapters/git";
import { readPackages } from "@/lib/server/adapters/venv";
import { readInstalled } from "@/lib/server/installed";
import { FILE_SUBMODULES, makeFolder, writeFiles } from "@/lib/server/testing/git-remotes";
import { createIndex } from "@/lib/server/testing/package-index";
import type { RealVenv } from "@/lib/server/testing/real-venv";
import { findOwnSource } from "@/lib/server/update-sources";

const SCRIPTS = join(dirname(dirname(fileURLToPath(import.meta.url))), "install");

/** Debian's package tools, as far as the scripts use them: what is asked for is installed from then on. */
const APT = `#!/bin/bash
[ "$1" != install ] || [ "$5 $6" = "-o Dpkg::Options::=--force-confold" ] || exit 100
[ "$1" != install ] || printf '%s\\n' "\${@:7}" >>"$PILOT_ROOT/apt"
[ "$1" != update ] || touch "$PILOT_ROOT/var/lib/apt/lists/a-list"
`;
const DPKG_QUERY = `#!/bin/bash
! grep -qx "\${@: -1}" "$PILOT_ROOT/apt" 2>/dev/null || printf installed
`;

export type InstallRoot = Awaited<ReturnType<typeof createInstallRoot>>;

/** A folder in the place of a machine's root, for the scripts of scripts/install. */
export async function createInstallRoot() {
  const root = makeFolder("install-root");
  const index = await createIndex();
  index.release("wheel", "0.45.1");
  writeFiles(root, {
    "tools/apt-get": { executable: APT },
    "tools/dpkg-query": { executable: DPKG_QUERY },
  });
  mkdirSync(join(root, "var/lib/apt/lists"), { recursive: true });
  const dirs = { reposDir: join(root, "opt/pilot/repos"), venvsDir: join(root, "opt/venvs") };
  const git = createGit(createRunner({ timeoutMs: 20_000 }));

  async function bash(args: string[], settings: Record<string, string>) {
    const child = spawn("/bin/bash", args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        NODE_ENV: "test",
        PATH: `${join(root, "tools")}:${dirname(process.execPath)}:/usr/bin:/bin`,
        HOME: root,
        TMPDIR: join(root, "var"),
        PILOT_ROOT: root,
        PIP_INDEX_URL: index.url,
        PIP_CONFIG_FILE: "/dev/null",
        ...FILE_SUBMODULES,
        ...settings,
      },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        said += text;
      });
    }
    const [code] = await once(child, "close");
    return { code, said, last: said.trim().split("\n").at(-1) ?? "" };
  }

  return {
    root,
    index,
    git,
    path: (...parts: string[]) => join(root, ...parts),
    has: (...parts: string[]) => existsSync(join(root, ...parts)),
    read: (...parts: string[]) => readFileSync(join(root, ...parts), "utf8"),
    /** Spares a script the three seconds that a new environment takes. */
    async giveEnvironment(name: string, from: RealVenv) {
      mkdirSync(dirs.venvsDir, { recursive: true });
      renameSync(await from.copy(), join(dirs.venvsDir, name));
    },
    /** What ControlPilot's updates take it for. */
    installed: (name: string) =>
      readInstalled(findOwnSource(name).source, dirs, { git, readPackages }),

    /** Runs a script to its end. `last` is the last line that it wrote. */
    run: (script: string, settings: Record<string, string> = {}, ...args: string[]) =>
      bash([join(SCRIPTS, script), ...args], settings),

    /** As the scripts do it, into the folder of ComfyUI. */
    checkout(url: string, ref: string, settings: Record<string, string> = {}) {
      const source = (name: string) => `. "${join(SCRIPTS, name)}"`;
      const lines = [source("lib.sh"), source("git.sh"), "begin App INSTALL_APP"];
      return bash(
        ["-c", [...lines, 'checkout "$1" "$2" ComfyUI'].join("\n"), "", url, ref],
        settings,
      );
    },

    /** All files below a folder, but not those that Python compiles. */
    list: (folder: string) =>
      listFiles(join(root, folder)).filter((name) => !/__pycache__/.test(name)),
    /** What a script must not leave behind: temporary folders, caches, lists of packages. */
    leftovers: () =>
      listFiles(root).filter((name) =>
        /^var\/tmp\.|^var\/lib\/apt\/lists\/|^\.|^opt\/pilot\/repos\/\.new-/.test(name),
      ),

    async end() {
      await index.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
}
