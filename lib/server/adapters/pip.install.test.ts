import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redact } from "../redact";
import { createIndex, type PackageIndex } from "../testing/package-index";
import { createVenv, type RealVenv } from "../testing/real-venv";
import { waitFor } from "../testing/wait-for";
import { createPip, type Resolution } from "./pip";
import { readPackages, venvPython } from "./venv";
import { readTrees } from "./venv-manifest";

let venv: RealVenv;
let index: PackageIndex;
/** With demo 1.0, and everything fetched that demo 2.0 needs: one of them is built from its source. */
let base: string;
let toTwo: Resolution;

const many = (word: string, count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`demo/part_${n}.py`, `${word} = ${n}\n`]),
  );

beforeAll(async () => {
  venv = await createVenv();
  index = await createIndex();
  const scripts = { demo: "demo:main" };
  const shared = { "shared_file.txt": "of demo 1\n" };
  index.release("demo", "1.0", {
    files: { ...many("old", 120), ...shared, "single.py": "a = 1\n" },
    scripts,
  });
  index.release("demo", "2.0", {
    files: { ...many("new", 90), "demo/sub/deep.py": "b = 2\n", "helper/extra.py": "c = 3\n" },
    requires: ["helper==2.0", "fresh"],
    scripts: { demo: "demo:main", "demo-more": "demo:main" },
  });
  index.release("demo", "3.0", { broken: true });
  index.release("demo", "5.0", { files: { "demo/__init__.py": "raise RuntimeError('boom')\n" } });
  index.release("helper", "1.0");
  index.release("helper", "2.0");
  index.release("fresh", "1.0", { sdist: true });
  index.release("other", "1.0", { files: { "other/data.txt": "kept\n" } });
  base = venv.dir;
  await venv.pointAt(base, index.url);
  await venv.pip(base, "install", "demo==1.0", "helper==1.0");
  await venv.pip(base, "uninstall", "--yes", "setuptools");
  const found = await pip().resolve(base, { spec: "demo==2.0" }, { constraints: null });
  // As it is kept by the job.
  toTwo = JSON.parse(JSON.stringify(found));
  await mkdir(stageOf(base), { recursive: true });
  const { bytes } = await pip().stage(base, toTwo, stageOf(base));
  expect(bytes).toBeGreaterThan(1000);
}, 120_000);

afterAll(async () => {
  await index.stop();
  await venv.remove();
});

const pip = () => createPip(venv.runner(), { redact });

function stageOf(dir: string): string {
  return join(dir, ".controlpilot", "job");
}

async function prepare() {
  const dir = await venv.copyOf(base);
  return { dir, stage: stageOf(dir), resolution: toTwo };
}

function onlyDemo(version: string): Resolution {
  const install = [{ name: "demo", version, url: null }];
  return { install, remove: [], changes: [], editable: [], options: [] };
}

/** With content: nothing may hide behind an unchanged size and time. */
async function picture(dir: string): Promise<Record<string, string>> {
  const files = await readTrees(dir, ["lib", "bin", "include"]);
  const entries = [...files].filter(([path]) => !path.endsWith(".pyc")).sort();
  return Object.fromEntries(
    await Promise.all(
      entries.map(async ([path, facts]) => {
        const text = facts.startsWith("link") ? "" : await readFile(join(dir, path), "latin1");
        return [path, `${facts} ${text}`] as const;
      }),
    ),
  );
}

describe("stage and install", () => {
  test("a good release is installed without a network, with its commands", async () => {
    const { dir, stage, resolution } = await prepare();
    await venv.pointAt(dir, "http://127.0.0.1:9/simple");
    await pip().save(dir, resolution, stage);
    await pip().install(dir, resolution, stage);
    const packages = await readPackages(dir);
    expect(packages.get("demo")?.version).toBe("2.0");
    expect(packages.get("helper")?.version).toBe("2.0");
    expect(packages.get("fresh")?.version).toBe("1.0");
    expect(packages.get("demo")?.origin).toBeNull();
    expect(existsSync(join(dir, "bin", "demo-more"))).toBe(true);
  });

  test("one whose build fails is refused before anything is touched", async () => {
    const before = await picture(base);
    const stage = await mkdtemp(join(venv.folder, "stage-"));
    await expect(pip().stage(base, onlyDemo("3.0"), stage)).rejects.toThrow(
      "demo could not be built: RuntimeError: there is no compiler.",
    );
    expect(await picture(base)).toEqual(before);
  });

  test("one that crashes when it is imported goes back to what was there", async () => {
    const { dir, stage } = await prepare();
    const resolution = onlyDemo("5.0");
    const before = await picture(dir);
    await pip().stage(dir, resolution, stage);
    await pip().save(dir, resolution, stage);
    await pip().install(dir, resolution, stage);
    const crashed = await venv.runner()(venvPython(dir), ["-c", "import demo"]);
    expect(crashed.stderr).toContain("boom");
    await pip().restore(dir, stage);
    expect(await picture(dir)).toEqual(before);
    const runs = await venv.runner()(venvPython(dir), [
      "-c",
      "import demo; print(demo.__version__)",
    ]);
    expect(runs.stdout).toBe("1.0\n");
  });

  test("an index that is gone, or goes in the middle, changes nothing", async () => {
    const dying = await createIndex();
    dying.release("demo", "2.0", { files: many("new", 400) });
    dying.stopDuring("demo");
    const env = { PIP_INDEX_URL: dying.url, PIP_NO_CACHE_DIR: "1", PIP_RETRIES: "1" };
    const hasty = createPip(venv.runner({ env }), { redact });
    const before = await picture(base);
    const stage = await mkdtemp(join(venv.folder, "stage-"));
    const reason = `The package index at ${dying.url} could not be reached.`;
    await expect(hasty.stage(base, onlyDemo("2.0"), stage)).rejects.toThrow(reason);
    expect(dying.requests.at(-1)).toContain("/files/");
    await expect(hasty.stage(base, onlyDemo("2.0"), stage)).rejects.toThrow(reason);
    expect(await picture(base)).toEqual(before);
  });

  test("going back undoes the changes, and nothing that came from elsewhere since", async () => {
    const { dir, stage, resolution } = await prepare();
    await pip().install(dir, resolution, stage);
    await venv.pip(dir, "install", "other==1.0");
    const back = await pip().resolveBack(dir, resolution.changes);
    await pip().stage(dir, back, stage);
    await pip().save(dir, back, stage);
    await pip().install(dir, back, stage);
    const now = await readPackages(dir);
    expect(now.get("demo")?.version).toBe("1.0");
    expect(now.get("helper")?.version).toBe("1.0");
    expect(now.has("fresh")).toBe(false);
    expect(now.get("other")?.version).toBe("1.0");
    expect((await pip().resolveBack(dir, resolution.changes)).changes).toEqual([]);
    await pip().restore(dir, stage);
    expect((await readPackages(dir)).get("demo")?.version).toBe("2.0");
    expect((await readPackages(dir)).has("fresh")).toBe(true);
  });
});

describe("restore", () => {
  test("does nothing without a complete save, and nothing twice", async () => {
    const { dir, stage, resolution } = await prepare();
    const before = await picture(dir);
    await pip().restore(dir, stage);
    await pip().save(dir, resolution, stage);
    await rm(join(stage, "saved", "complete"));
    await writeFile(join(dir, "bin", "demo"), "another");
    await pip().restore(dir, stage);
    expect(await readFile(join(dir, "bin", "demo"), "utf8")).toBe("another");
    expect(Object.keys(await picture(dir))).toEqual(Object.keys(before));
  });

  test("brings back whatever was lost, and does not take a second save for the first", async () => {
    const { dir, stage, resolution } = await prepare();
    const before = await picture(dir);
    await pip().save(dir, resolution, stage);
    const site = await venv.sitePackages(dir);
    await rm(join(site, "demo"), { recursive: true });
    await rm(join(site, "demo-1.0.dist-info"), { recursive: true });
    await writeFile(join(site, "demo"), "a file where a folder was");
    await mkdir(join(site, "~emo", "x"), { recursive: true });
    await mkdir(join(site, "demo-2.0.dist-info"));
    await writeFile(join(site, "demo-2.0.dist-info", "INSTALLERabc.tmp"), "pip");
    await pip().save(dir, resolution, stage);
    await pip().restore(dir, stage);
    await pip().restore(dir, stage);
    expect(await picture(dir)).toEqual(before);
    expect(existsSync(join(site, "~emo"))).toBe(false);
    expect(existsSync(join(site, "demo-2.0.dist-info"))).toBe(false);
  });

  test("leaves what somebody else installed meanwhile, but nothing compiled of the new version", async () => {
    const { dir, stage, resolution } = await prepare();
    await pip().save(dir, resolution, stage);
    await pip().install(dir, resolution, stage);
    await venv.pip(dir, "install", "other==1.0");
    const site = await venv.sitePackages(dir);
    const file = join(site, "demo", "part_0.py");
    const { mtime } = await stat(join(await venv.sitePackages(base), "demo", "part_0.py"));
    await utimes(file, mtime, mtime);
    await venv.runner()(venvPython(dir), ["-m", "compileall", "-q", "-f", file]);
    await pip().restore(dir, stage);
    const packages = await readPackages(dir);
    expect(packages.get("other")?.version).toBe("1.0");
    expect(packages.get("demo")?.version).toBe("1.0");
    expect(packages.has("fresh")).toBe(false);
    expect(await readFile(join(site, "other", "data.txt"), "utf8")).toBe("kept\n");
    const ask = "import demo.part_0 as p; print(p.old)";
    expect((await venv.runner()(venvPython(dir), ["-c", ask])).stdout).toBe("0\n");
  });

  test("names what is gone and was not its own", async () => {
    const { dir, stage, resolution } = await prepare();
    await pip().save(dir, resolution, stage);
    const site = await venv.sitePackages(dir);
    await rm(join(site, "pip", "__main__.py"));
    await expect(pip().restore(dir, stage)).rejects.toThrow("pip/__main__.py");
  });

  test("works from wherever pip was killed", { timeout: 180_000 }, async () => {
    const manyStates = new Set<string>();
    const lanes = [0, 1].map(async (lane) => {
      const { dir, stage, resolution } = await prepare();
      const before = await picture(dir);
      await pip().save(dir, resolution, stage);
      for (let round = lane; round < 15; round += 2) {
        await killPip(dir, resolution, { stage, afterMs: 5 + round * 12 });
        manyStates.add([...(await readTrees(dir, ["lib", "bin"])).keys()].sort().join());
        await pip().restore(dir, stage);
        expect(await picture(dir)).toEqual(before);
      }
      await pip().install(dir, resolution, stage);
      expect((await readPackages(dir)).get("demo")?.version).toBe("2.0");
    });
    await Promise.all(lanes);
    expect(manyStates.size).toBeGreaterThan(2);
  });
});

/** Kills pip so long after it has begun to change the environment. */
async function killPip(
  dir: string,
  resolution: Resolution,
  { stage, afterMs }: { stage: string; afterMs: number },
): Promise<void> {
  const specs = resolution.install.map(({ name, version }) => `${name}==${version}`);
  const links = ["--no-index", "--find-links", join(stage, "wheels")];
  const args = ["-m", "pip", "install", ...links, "--no-deps", "--force-reinstall", ...specs];
  const child = spawn(venvPython(dir), args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  const ended = once(child, "exit");
  await waitFor(() => /Installing collected/.test(said) || child.exitCode !== null);
  await sleep(afterMs);
  if (child.pid && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  await ended;
}
