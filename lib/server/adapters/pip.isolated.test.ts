import { spawnSync } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redact } from "../redact";
import { createIndex, type PackageIndex } from "../testing/package-index";
import { createVenv, type RealVenv } from "../testing/real-venv";
import { createPip } from "./pip";
import { readPackages } from "./venv";
import { readTrees } from "./venv-manifest";
import { readSaved } from "./venv-save";

let venv: RealVenv;
let index: PackageIndex;
let dir: string;

const isRoot = process.getuid?.() === 0;

/** False where this machine does not let us. */
function mount(...args: string[]): boolean {
  return spawnSync("mount", args).status === 0;
}

function unmount(at: string) {
  spawnSync("umount", [at]);
}

beforeAll(async () => {
  venv = await createVenv();
  index = await createIndex();
  const noise = Buffer.alloc(1_500_000, "x");
  index.release("big", "1.0", { files: { "big/data.bin": noise, "big/more.bin": noise } });
  index.release("big", "2.0", { files: { "big/data.bin": Buffer.alloc(4_000_000, "y") } });
  dir = venv.dir;
  await venv.pointAt(dir, index.url);
  await venv.pip(dir, "install", "big==1.0");
});

afterAll(async () => {
  await index.stop();
  await venv.remove();
});

/** What is on disk `lower` shows at `at` as the layer of an image, out of which no folder can be renamed. */
async function mountLayer(lower: string, at: string): Promise<boolean> {
  const scratch = join(venv.folder, "scratch");
  for (const folder of [at, scratch]) await mkdir(folder);
  // The upper layer of an overlay cannot itself be in one, as a container's folders are.
  if (!mount("-t", "tmpfs", "none", scratch)) return false;
  const [upper, work] = [join(scratch, "upper"), join(scratch, "work")];
  for (const folder of [upper, work]) await mkdir(folder);
  const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work},redirect_dir=off`;
  return mount("-t", "overlay", "-o", layers, "none", at);
}

async function picture(venvDir: string) {
  const files = await readTrees(venvDir, ["lib", "bin"]);
  return [...files].filter(([path]) => !path.endsWith(".pyc")).sort();
}

describe.skipIf(!isRoot)(
  "an environment that came with the image (needs the right to mount)",
  () => {
    test("is changed and brought back, though its folders cannot be renamed", async ({ skip }) => {
      const layer = join(venv.folder, "layer");
      try {
        if (!(await mountLayer(dir, layer))) skip();
        const site = await venv.sitePackages(layer);
        const aside = rename(join(site, "big"), join(site, "aside"));
        await expect(aside).rejects.toMatchObject({ code: "EXDEV" });
        const pip = createPip(venv.runner(), { redact });
        const before = await picture(layer);
        const stage = join(layer, "stage");
        await mkdir(stage);
        const resolution = await pip.resolve(layer, { spec: "big==2.0" }, { constraints: null });
        await pip.stage(layer, resolution, stage);
        await pip.save(layer, resolution, stage);
        await pip.install(layer, resolution, stage);
        expect((await readPackages(layer)).get("big")?.version).toBe("2.0");
        await rm(join(site, "big"), { recursive: true });
        await pip.restore(layer, stage);
        await pip.restore(layer, stage);
        expect(await picture(layer)).toEqual(before);
      } finally {
        for (const at of [layer, join(venv.folder, "scratch")]) unmount(at);
      }
    });
  },
);

describe.skipIf(!isRoot)("a full disk (needs the right to mount)", () => {
  test("stops the fetching and the saving, and says so", async ({ skip }) => {
    const stage = join(venv.folder, "small");
    await mkdir(stage);
    if (!mount("-t", "tmpfs", "-o", "size=2m", "none", stage)) skip();
    try {
      const pip = createPip(venv.runner(), { redact });
      const before = await picture(dir);
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
      expect(await picture(dir)).toEqual(before);
    } finally {
      unmount(stage);
    }
  });
});
