import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { bundleProgram, canMount, runWithMounts } from "../testing/child-program";
import { writeFiles } from "../testing/git-remotes";
import { createRunner } from "./command";
import { createWebUi } from "./web-ui";

const SHARED_MEMORY = "/dev/shm";

const webUi = createWebUi(createRunner({ timeoutMs: 60_000 }));

let home: string;
let dir: string;

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "web-ui-")));
});

afterAll(() => rmSync(home, { recursive: true }));

beforeEach(() => {
  dir = mkdtempSync(join(home, "work-"));
});

/** Every path below with its mode, its text or where it leads to. */
function pictureOf(folder: string): string {
  const list = "find . -printf '%p %m %l\\n' | sort; find . -type f -exec md5sum {} + | sort";
  return execFileSync("sh", ["-c", list], { cwd: folder, encoding: "utf8" });
}

describe("building", () => {
  const json = (value: unknown) => JSON.stringify(value, null, 2);

  const BUILD = `
    const { mkdirSync, writeFileSync } = require("node:fs");
    const tool = require("tool");
    mkdirSync(".next", { recursive: true });
    mkdirSync("dist/cron", { recursive: true });
    writeFileSync(".next/BUILD_ID", tool.word);
    writeFileSync("dist/cron/worker.js", "");
    writeFileSync("env.json", JSON.stringify(process.env));
  `;

  beforeEach(() => {
    vi.stubEnv("NODE_ENV", "production");
    vi.stubEnv("__NEXT_PRIVATE_STANDALONE_CONFIG", '{"distDir":"elsewhere"}');
    vi.stubEnv("npm_config_cache", join(home, "npm-cache"));
    vi.stubEnv("npm_config_offline", "true");
    writeTree();
  });

  afterEach(() => vi.unstubAllEnvs());

  function writeTree(changes: object = {}) {
    writeFiles(join(dir, "ui"), {
      "package.json": json({
        name: "ui",
        version: "1.0.0",
        scripts: { build: "node build.js" },
        devDependencies: { tool: "file:tools/tool" },
        ...changes,
      }),
      "tools/tool/package.json": json({ name: "tool", version: "1.0.0", main: "tool.js" }),
      "tools/tool/tool.js": 'exports.word = "built";',
      "build.js": BUILD,
    });
  }

  function lock() {
    execFileSync("npm", ["install", "--package-lock-only"], { cwd: join(dir, "ui") });
  }

  const read = (path: string) => readFileSync(join(dir, "ui", path), "utf8");

  test.each(["with", "without"])("works %s a lockfile", async (how) => {
    if (how === "with") lock();
    await webUi.stage(dir, "ui");
    expect(read(".next/BUILD_ID")).toBe("built");
    expect(existsSync(join(dir, "ui/dist/cron/worker.js"))).toBe(true);
  });

  test("keeps to the lockfile", async () => {
    lock();
    const before = read("package-lock.json");
    await webUi.stage(dir, "ui");
    expect(read("package-lock.json")).toBe(before);
  });

  test("goes by package.json where the lockfile does not fit it", async () => {
    writeTree({ devDependencies: {} });
    lock();
    writeTree();
    await webUi.stage(dir, "ui");
    expect(read(".next/BUILD_ID")).toBe("built");
  });

  test("takes nothing from the web server that asks for it", async () => {
    await webUi.stage(dir, "ui");
    const env = JSON.parse(read("env.json"));
    expect(env).not.toHaveProperty("__NEXT_PRIVATE_STANDALONE_CONFIG");
    expect(env).not.toHaveProperty("NODE_ENV");
    expect(env).toHaveProperty("NEXT_TELEMETRY_DISABLED", "1");
  });

  test("compiles Prisma's client before", async () => {
    writeTree({ devDependencies: { tool: "file:tools/tool", prisma: "file:tools/prisma" } });
    const compiler = `#!/usr/bin/env node
      require("node:fs").writeFileSync("tools/tool/tool.js", 'exports.word = "' + process.argv[2] + '";');`;
    writeFiles(join(dir, "ui"), {
      "prisma/schema.prisma": "",
      "tools/prisma/package.json": json({ name: "prisma", version: "1.0.0", bin: "cli.js" }),
      "tools/prisma/cli.js": { executable: compiler },
    });
    await webUi.stage(dir, "ui");
    expect(read(".next/BUILD_ID")).toBe("generate");
  });

  test("says why a build failed", async () => {
    writeFiles(join(dir, "ui"), { "build.js": "throw new TypeError('no such page')" });
    await expect(webUi.stage(dir, "ui")).rejects.toMatchObject({
      code: "conflict",
      message: "The web interface cannot be built: npm run ended with 1: TypeError: no such page",
    });
  });

  test("says why packages cannot be installed", async () => {
    writeTree({ devDependencies: { absent: "1.0.0" } });
    await expect(webUi.stage(dir, "ui")).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("npm install ended with 1: request to "),
    });
  });

  test("needs something to build", async () => {
    await expect(webUi.stage(dir, "web")).rejects.toMatchObject({
      code: "conflict",
      message: 'This version has no web interface in "web".',
    });
  });
});

describe("replacing", () => {
  let program: string;
  let live: string;
  let staged: string;
  let kept: string;
  let before: string;

  beforeAll(async () => {
    program = join(home, "killed-change.cjs");
    await bundleProgram("killed-change", program);
  });

  beforeEach(() => {
    [live, staged, kept] = [join(dir, "ui"), join(dir, "staged"), join(dir, "kept")];
    writeLive();
  });

  function writeLive() {
    for (const folder of [live, staged, kept]) rmSync(folder, { recursive: true, force: true });
    writeFiles(live, {
      "package.json": "old",
      "node_modules/a/index.js": "old a",
      "node_modules/a/cli.js": { executable: "#!/bin/sh" },
      "node_modules/.bin/a": { link: "../a/cli.js" },
      ".next/BUILD_ID": "old",
      ".next/server/page.js": "old page",
    });
    writeFiles(staged, {
      "package.json": "new",
      "node_modules/b/index.js": "new b",
      ".next/BUILD_ID": "new",
      "dist/worker.js": "new worker",
    });
    before = pictureOf(live);
  }

  /** What the program says; null where it was killed. */
  function killAt(step: number, what: string, ...paths: string[]): string | null {
    const { signal, stdout } = spawnSync(process.execPath, [program, what, `${step}`, ...paths], {
      encoding: "utf8",
    });
    return signal === "SIGKILL" ? null : stdout;
  }

  const read = (path: string) => readFileSync(join(live, path), "utf8");

  test("puts in place what was built, and nothing else", async () => {
    await webUi.swap(live, staged, kept);
    expect(read(".next/BUILD_ID")).toBe("new");
    expect(read("dist/worker.js")).toBe("new worker");
    expect(read("node_modules/b/index.js")).toBe("new b");
    expect(existsSync(join(live, "node_modules/a"))).toBe(false);
    expect(read("package.json")).toBe("old");
  });

  test("is undone whole, also a second time and where nothing was done", async () => {
    await webUi.swapBack(live, kept);
    expect(pictureOf(live)).toBe(before);
    await webUi.swap(live, staged, kept);
    for (const _ of ["once", "twice"]) {
      await webUi.swapBack(live, kept);
      expect(pictureOf(live)).toBe(before);
      expect(existsSync(kept)).toBe(false);
    }
  });

  test("a folder that is a link stays one", async () => {
    rmSync(join(live, "node_modules"), { recursive: true });
    symlinkSync("/nowhere/node_modules", join(live, "node_modules"));
    before = pictureOf(live);
    await webUi.swap(live, staged, kept);
    expect(read("node_modules/b/index.js")).toBe("new b");
    await webUi.swapBack(live, kept);
    expect(pictureOf(live)).toBe(before);
  });

  /** Kills at every step there is. */
  async function killEverywhere(prepare: () => Promise<void>, ...change: string[]) {
    const [what = "", ...paths] = change;
    for (let step = 1; ; step++) {
      writeLive();
      await prepare();
      const answer = killAt(step, what, ...paths);
      if (answer !== null) return { answer, steps: step - 1 };
      for (const _ of ["once", "twice"]) {
        await webUi.swapBack(live, kept);
        expect(pictureOf(live), `${what} killed at step ${step}`).toBe(before);
      }
    }
  }

  const swapIt = () => webUi.swap(live, staged, kept);
  const nothing = async () => {};

  test("can be killed at any step, and so can its undoing", async () => {
    const swapped = await killEverywhere(nothing, "swap", live, staged, kept);
    expect(swapped).toMatchObject({ answer: "done" });
    expect(swapped.steps).toBeGreaterThan(10);
    const undone = await killEverywhere(swapIt, "swapBack", live, kept);
    expect(undone).toMatchObject({ answer: "done" });
    expect(undone.steps).toBeGreaterThan(8);
  });

  const isOtherDisk =
    existsSync(SHARED_MEMORY) && statSync(SHARED_MEMORY).dev !== statSync(tmpdir()).dev;

  test.skipIf(!isOtherDisk)(
    "can be killed at any step where it has to copy",
    { timeout: 90_000 },
    async () => {
      const disk = mkdtempSync(join(SHARED_MEMORY, "web-ui-"));
      try {
        kept = join(disk, "kept");
        const swapped = await killEverywhere(nothing, "swap", live, staged, kept);
        expect(swapped).toMatchObject({ answer: "done" });
        const undone = await killEverywhere(swapIt, "swapBack", live, kept);
        expect(undone).toMatchObject({ answer: "done" });
      } finally {
        rmSync(disk, { recursive: true });
      }
    },
  );

  test.skipIf(!canMount)("a disk that has no room for the old is said", async () => {
    mkdirSync(kept);
    writeFiles(live, { "node_modules/large": Buffer.alloc(1_000_000) });
    before = pictureOf(live);
    const run = `${process.execPath} ${program} swap 0 "${live}" "${staged}" "${kept}"`;
    const answer = await runWithMounts(
      `mount -t tmpfs -o size=256k none "${kept}"; ${run}; ls "${kept}"`,
      dir,
    );
    expect(answer).toContain(`AppError: ${join(live, "node_modules")} cannot be moved.`);
    expect(answer).toContain("is full");
    expect(answer).not.toContain("node_modules.tmp\n");
    await webUi.swapBack(live, kept);
    expect(pictureOf(live)).toBe(before);
  });

  test.skipIf(!canMount)("takes folders out of the layers of an image", async (context) => {
    for (const folder of ["image", "upper", "work", "merged"]) mkdirSync(join(dir, folder));
    writeFiles(join(dir, "image"), { "ui/node_modules/a": "old", "ui/.next/BUILD_ID": "old" });
    const swapper = (what: string, ...paths: string[]) =>
      `${process.execPath} ${program} ${what} 0 ${paths.join(" ")}; echo`;
    const output = await runWithMounts(
      [
        "mount -t overlay -o lowerdir=image,upperdir=upper,workdir=work none merged || exit 0",
        "cp -a staged merged/staged; cd merged; (cd ui; find . | sort)",
        swapper("swap", "ui", "staged", "kept"),
        "cat ui/.next/BUILD_ID ui/node_modules/b/index.js; echo",
        swapper("swapBack", "ui", "kept"),
        "(cd ui; find . | sort); ls",
      ].join("\n"),
      dir,
    );
    context.skip(output === "", "there is no overlay file system here");
    const tree = ".\n./.next\n./.next/BUILD_ID\n./node_modules\n./node_modules/a\n";
    expect(output).toBe(`${tree}done\nnewnew b\ndone\n${tree}staged\nui\n`);
  });
});
