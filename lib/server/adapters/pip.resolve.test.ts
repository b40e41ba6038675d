import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { AppError } from "../errors";
import { redact } from "../redact";
import { createIndex, type PackageIndex } from "../testing/package-index";
import { sourceFiles } from "../testing/package-release";
import { createVenv, type RealVenv } from "../testing/real-venv";
import { waitFor } from "../testing/wait-for";
import { createPip } from "./pip";
import { readTrees } from "./venv-manifest";

let venv: RealVenv;
let index: PackageIndex;
let dir: string;
const none = { constraints: null };

beforeAll(async () => {
  venv = await createVenv();
  index = await createIndex();
  index.release("demo", "1.0");
  index.release("demo", "2.0", { requires: ["helper>=2"] });
  index.release("demo", "2.1.dev1");
  index.release("demo", "3.0rc1");
  index.release("demo", "2.5", { yanked: true });
  index.release("demo", "10.0", { requiresPython: ">=4" });
  index.release("helper", "1.0");
  index.release("helper", "2.0");
  index.release("torch", "2.7.0+cu128");
  index.release("torch", "2.8.0");
  index.release("wants-torch", "1.0", { requires: ["torch>=2.8"] });
  index.release("wants-old-helper", "1.0", { requires: ["helper<2"] });
  dir = venv.dir;
  await venv.pointAt(dir, index.url);
  await venv.pip(dir, "install", "demo==1.0", "helper==1.0", "torch==2.7.0+cu128");
});

afterAll(async () => {
  await index.stop();
  await venv.remove();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await venv.pointAt(dir, index.url);
});

const pip = () => createPip(venv.runner(), { redact });

async function checkout(files: Record<string, string>): Promise<string> {
  const cwd = await mkdtemp(join(venv.folder, "tree-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(cwd, path, ".."), { recursive: true });
    await writeFile(join(cwd, path), text);
  }
  return cwd;
}

async function refusal(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error(`no AppError but ${error}`);
}

describe("versions", () => {
  test("are those that this Python can install and that were not yanked, newest first", async () => {
    expect(await pip().versions(dir, "demo")).toEqual(["3.0rc1", "2.1.dev1", "2.0", "1.0"]);
  });

  test("the newest is a stable one, unless a pre-release is installed", async () => {
    expect(await pip().newest(dir, "demo", "1.0")).toBe("2.0");
    expect(await pip().newest(dir, "demo", "2.1.dev1")).toBe("3.0rc1");
    expect(await pip().newest(dir, "demo", "99.0")).toBe("2.0");
  });

  test("of an unknown package are none", async () => {
    expect(await pip().versions(dir, "nobody-has-this")).toEqual([]);
    expect(await pip().newest(dir, "nobody-has-this", null)).toBeNull();
  });

  test("come from the extra index of the environment's pip.conf too", async () => {
    const extra = await createIndex();
    extra.release("demo", "4.0");
    await venv.pointAt(dir, index.url, extra.url);
    expect(await pip().newest(dir, "demo", "1.0")).toBe("4.0");
    await extra.stop();
  });

  test("an index that is gone is named, without what is secret in its address", async () => {
    await venv.pointAt(dir, "http://user:hunter2@127.0.0.1:9/simple");
    const { code, message } = await refusal(pip().versions(dir, "demo"));
    expect(code).toBe("unavailable");
    expect(message).toContain("127.0.0.1:9/simple");
    expect(message).not.toContain("hunter2");
  });

  test("a slow index ends by the runner's deadline", async () => {
    const slow = await createIndex();
    slow.release("demo", "5.0");
    slow.slow(60_000);
    const run = venv.runner({ env: { PIP_INDEX_URL: slow.url } });
    const hasty = createPip(
      (program, args, options) => run(program, args, { ...options, timeoutMs: 1000 }),
      { redact },
    );
    expect((await refusal(hasty.versions(dir, "demo"))).message).toContain("took too long");
    await slow.stop();
  });
});

describe("resolve", () => {
  test("says what an exact version would change, and changes nothing", async () => {
    const before = await readTrees(dir, ["lib", "bin"]);
    const { install, changes } = await pip().resolve(dir, { spec: "demo==2.0" }, none);
    expect(changes).toEqual([
      { name: "demo", from: "1.0", to: "2.0" },
      { name: "helper", from: "1.0", to: "2.0" },
    ]);
    expect(install.every(({ url }) => url === null)).toBe(true);
    expect(withoutCaches(await readTrees(dir, ["lib", "bin"]))).toEqual(withoutCaches(before));
  });

  test("reads requirement files with those they include", async () => {
    const cwd = await checkout({
      "requirements.txt": "-r more/base.txt\ndemo>=1\n",
      "more/base.txt": "helper==2.0 # newer\n",
    });
    const { changes } = await pip().resolve(dir, { requirements: ["requirements.txt"], cwd }, none);
    expect(changes).toEqual([{ name: "helper", from: "1.0", to: "2.0" }]);
  });

  test("keeps to the image's constraints, and does without a file that is not there", async () => {
    const cwd = await checkout({ "image.txt": "helper<2\ntorch==2.6.0\n" });
    const constrained = { constraints: join(cwd, "image.txt") };
    const { message } = await refusal(pip().resolve(dir, { spec: "demo==2.0" }, constrained));
    expect(message).toContain("helper");
    const missing = { constraints: join(cwd, "missing.txt") };
    expect((await pip().resolve(dir, { spec: "demo==2.0" }, missing)).changes).toHaveLength(2);
  });

  test("never replaces the installed torch, and says who wants another", async () => {
    const kept = await pip().resolve(
      dir,
      { requirements: ["r.txt"], cwd: await checkout({ "r.txt": "torch\n" }) },
      none,
    );
    expect(kept.changes).toEqual([]);
    for (const spec of ["wants-torch==1.0", "torch==2.8.0"]) {
      const { code, message } = await refusal(pip().resolve(dir, { spec }, none));
      expect(code).toBe("conflict");
      expect(message).toMatch(/torch(>=2\.8|==2\.8\.0)/);
      expect(message).toContain("torch==2.7.0+cu128");
      expect(message).toContain("never replaced");
    }
  });

  test("says which packages do not go together", async () => {
    const cwd = await checkout({ "r.txt": "demo==2.0\nwants-old-helper==1.0\n" });
    const { message } = await refusal(pip().resolve(dir, { requirements: ["r.txt"], cwd }, none));
    expect(message).toContain("wants-old-helper 1.0 depends on helper<2");
    expect(message).not.toContain("never replaced");
  });

  test("says what the index does not have", async () => {
    const { message } = await refusal(pip().resolve(dir, { spec: "demo==77" }, none));
    expect(message).toBe("The package index has no demo==77 for this Python.");
  });

  test("leaves nothing behind where pip is ended in the middle", async () => {
    const slow = await createIndex();
    slow.release("demo", "5.0");
    slow.slow(60_000);
    const scratch = await checkout({});
    vi.stubEnv("TMPDIR", scratch);
    const stop = new AbortController();
    const cancellable = createPip(
      venv.runner({ signal: stop.signal, env: { PIP_INDEX_URL: slow.url } }),
      { redact },
    );
    const resolution = refusal(cancellable.resolve(dir, { spec: "demo==5.0" }, none));
    await waitFor(() => slow.requests.length > 0);
    expect((await readdir(scratch, { recursive: true })).join()).toContain("pip-install");
    stop.abort();
    expect((await resolution).message).toContain("was cancelled");
    expect(await readdir(scratch)).toEqual([]);
    await slow.stop();
  });

  test("leaves a linked folder linked, and refuses a new link", async () => {
    const source = Object.entries(sourceFiles("linked", "1.0"));
    const files = Object.fromEntries(source.map(([path, text]) => [`sub/${path}`, String(text)]));
    const live = await checkout({ ...files, "requirements.txt": "-e ./sub\n" });
    const tree = await checkout({ ...files, "requirements.txt": "-e ./sub\nhelper==2.0\n" });
    const linked = await venv.copy();
    const wanted = { requirements: ["requirements.txt"], cwd: tree };
    expect((await refusal(pip().resolve(linked, wanted, none))).message).toContain("linked");
    await venv.pip(linked, "install", "-e", join(live, "sub"));
    const { install, editable } = await pip().resolve(linked, wanted, none);
    expect(install.map(({ name }) => name)).toEqual(["helper"]);
    expect(editable).toEqual([{ name: "linked", path: join(live, "sub") }]);
  });
});

test("check names who lacks what", async () => {
  expect(await pip().check(dir)).toEqual([]);
  const metadata = join(await venv.sitePackages(dir), "lacking-1.0.dist-info");
  const wants = ["nobody-has-this", "helper>=2"].map((want) => `Requires-Dist: ${want}\n`).join("");
  await mkdir(metadata);
  await writeFile(
    join(metadata, "METADATA"),
    `Metadata-Version: 2.1\nName: lacking\nVersion: 1.0\n${wants}`,
  );
  expect(await pip().check(dir)).toEqual([
    {
      package: "lacking",
      problem: "lacking 1.0 requires nobody-has-this, which is not installed.",
    },
    {
      package: "lacking",
      problem: "lacking 1.0 has requirement helper>=2, but you have helper 1.0.",
    },
  ]);
});

function withoutCaches(files: Map<string, string>) {
  return [...files].filter(([path]) => !path.endsWith(".pyc"));
}
