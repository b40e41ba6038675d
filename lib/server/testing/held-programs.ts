import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writeFiles } from "./git-remotes";
import { waitFor } from "./wait-for";

/** What runs in each one's place once it may go on. */
const REAL = {
  git: '/usr/bin/git "$@"',
  tar: '/usr/bin/tar "$@"',
  "git-upload-pack": '/usr/bin/git-upload-pack "$@"',
  smudge: "cat",
};

export type HeldPrograms = ReturnType<typeof createHeldPrograms>;

/**
 * Programs that can be stopped where they begin: put `bin` first in PATH, and `smudge` where git is
 * to stop in the middle of a checkout.
 */
export function createHeldPrograms() {
  const dir = makeFolder("held");
  const [wanted, held, bin] = ["wanted", "held", "bin"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const scripts = Object.entries(REAL).map(([name, real]) => [
    `bin/${name}`,
    { executable: script({ wanted, held, name, real }) },
  ]);
  writeFiles(dir, Object.fromEntries(scripts));

  return {
    bin,
    path: `${bin}:${process.env.PATH}`,
    smudge: join(bin, "smudge"),
    uploadPack: join(bin, "git-upload-pack"),
    /** The next call of this kind, as a shell pattern: "git *checkout *". */
    holdNext(pattern: string): void {
      writeFileSync(`${wanted}.new`, `${pattern}\n`);
      renameSync(`${wanted}.new`, wanted);
    },
    isHeld: () => existsSync(`${held}.pid`),
    /** Answers the process that is held, once there is one. */
    async untilHeld(timeoutMs = 30_000): Promise<number> {
      return waitFor(
        () => existsSync(`${held}.pid`) && Number(readFileSync(`${held}.pid`, "utf8")),
        timeoutMs,
      );
    },
    release(): void {
      for (const path of [`${held}.pid`, held]) rmSync(path, { force: true });
    },
    /** What is held goes on, and nothing will be held. */
    clear(): void {
      for (const path of [wanted, `${held}.pid`, held]) rmSync(path, { force: true });
    },
  };
}

type Script = { wanted: string; held: string; name: string; real: string };

function script({ wanted, held, name, real }: Script): string {
  return `#!/bin/sh
if [ -e ${wanted} ]; then
  read -r pattern < ${wanted}
  case "${name} $*" in $pattern)
    if mv ${wanted} ${held} 2>/dev/null; then
      echo $$ > ${held}.pid
      while [ -e ${held} ]; do sleep 0.05; done
    fi;;
  esac
fi
exec ${real}
`;
}
