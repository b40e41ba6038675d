import { execFileSync } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redact } from "../redact";
import { createIndex, type PackageIndex } from "../testing/package-index";
import { createVenv, type RealVenv } from "../testing/real-venv";
import { createPip } from "./pip";
import { readTrees } from "./venv-manifest";
import { readSaved } from "./venv-save";

let venv: RealVenv;
let index: PackageIndex;
let dir: string;

const isRoot = process.getuid?.() === 0;

/** A disk of two megabytes, if this machine lets us have one. */
function mountSmall(at: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "none", at], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

beforeAll(async () => {
  venv = await createVenv();
  index = await createIndex();
  const noise = Buffer.alloc(1_500_000, "x");
  index.release("big", "1.0", { files: { "big/data.bin": noise, "big/more.bin": noise } });
  index.release("big", "2.0", { files: { "big/data.bin": Buffer.alloc(4_000_000, "y") } });
  dir = await venv.copy(index.url);
  await venv.pip(dir, "install", "big==1.0");
});

afterAll(async () => {
  await index.stop();
  await venv.remove();
});

describe.skipIf(!isRoot)("a full disk (needs the right to mount)", () => {
  test("stops the fetching and the saving, and says so", async ({ skip }) => {
    const stage = join(venv.folder, "small");
    await mkdir(stage);
    if (!mountSmall(stage)) skip();
    try {
      const pip = createPip(venv.runner(), { redact });
      const before = await readTrees(dir, ["lib", "bin"]);
      const resolution = await pip.resolve(dir, { spec: "big==2.0" }, { constraints: null });
      await expect(pip.stage(dir, resolution, stage)).rejects.toThrow(
        /disk .*full.*free some space/,
      );
      await rm(join(stage, "wheels"), { recursive: true });
      await expect(pip.save(dir, resolution, stage)).rejects.toThrow(
        /disk .*full.*free some space/,
      );
      expect(await readSaved(stage)).toBeNull();
      await pip.restore(dir, stage);
      const changed = [...(await readTrees(dir, ["lib", "bin"]))].filter(
        ([path, facts]) => !path.endsWith(".pyc") && before.get(path) !== facts,
      );
      expect(changed).toEqual([]);
    } finally {
      execFileSync("umount", [stage]);
    }
  });
});
