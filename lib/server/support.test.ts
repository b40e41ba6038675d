import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from "vitest";
import { createApp } from "./app";
import { readEnv } from "./env";
import { createSupport } from "./support";
import type { SupportSources } from "./support-parts";
import { type RealSupervisord, startSupervisord } from "./testing/real-supervisord";
import { waitFor } from "./testing/wait-for";

const FULL = { scope: "full" } as const;
const never = () => new AbortController().signal;

/** None of them looks like a secret by itself. */
const IN_SECRETS_FILE = `plum"and\\pear 7431`;
const IN_ENVIRONMENT = "quince-and-medlar-5520";
const IN_CONF = "damson-and-sloe-9917";
const TOKEN = "hf_plantedAbcdefghijklmnopqrst";

let dir: string;
let real: RealSupervisord;

const inDir = (...path: string[]) => join(dir, ...path);

function put(path: string, text: string): void {
  mkdirSync(dirname(inDir(path)), { recursive: true });
  writeFileSync(inDir(path), text);
}

beforeAll(async () => {
  real = await startSupervisord(`
[program:comfy]
command=/bin/sh -c 'cat {dir}/said; cat {dir}/said >&2; exec sleep 1000'
environment=PLAIN="${IN_CONF}",
  OTHER='${IN_CONF} too'
startsecs=0
autostart=false`);
});
afterAll(() => real.stop());

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "support-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  vi.stubEnv("MY_API_KEY", IN_ENVIRONMENT);
  onTestFinished(() => void vi.unstubAllEnvs());
  const secrets = [IN_SECRETS_FILE, IN_ENVIRONMENT, TOKEN, `password=${TOKEN}`].join(" and ");
  put("workspace/config/secrets.env", `# mine\nexport COPILOT_GITHUB_TOKEN='${IN_SECRETS_FILE}'\n`);
  put("workspace/config/service-updates.toml", `enabled = true # ${secrets}\n`);
  put("workspace/config/service-autostart.toml", `token = "${TOKEN}"\n`);
  put("workspace/config/service-updates-rollback.jsonl", `{"error":${JSON.stringify(secrets)}}\n`);
  put("workspace/config/controlpilot-audit.jsonl", `{"detail":${JSON.stringify(secrets)}}\n`);
  const job = "workspace/config/service-updates/comfy/20261123T101500-abc123";
  put(`${job}/job.json`, JSON.stringify({ id: "x", error: `fetch failed: ${secrets}` }));
  put(`${job}/output.log`, `Cloning https://me:${IN_CONF}@host/x.git ${secrets}\n`);
  put("workspace/logs/bootstrap.log", `booted with ${secrets}\n`);
  put("run/boot-problems", `Something with ${secrets}.\n`);
  writeFileSync(join(real.dir, "said"), `hello ${secrets}\n`);
});

function createMachine(configPath = real.configPath) {
  const app = createApp(
    readEnv({
      NODE_ENV: "test",
      WORKSPACE_ROOT: inDir("workspace"),
      PILOT_RUN_DIR: inDir("run"),
      SUPERVISOR_CONFIG_PATH: configPath,
    }),
    "program",
  );
  onTestFinished(() => app.close());
  return app;
}

/** The files of the bundle by their path, as tar unpacks them. */
async function unpack({ body }: { body: ReadableStream<Uint8Array> }) {
  const folder = await mkdtemp(join(tmpdir(), "unpacked-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const archive = join(folder, "bundle.tar.gz");
  await writeFile(archive, body);
  const listed = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" }).trim().split("\n");
  execFileSync("tar", ["-xzf", archive, "-C", folder]);
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.includes("/") && statSync(join(folder, path)).isFile())
    .sort();
  expect(paths).toEqual(listed.sort());
  const [root = ""] = listed[0]?.split("/") ?? [];
  return new Map(
    paths.map((path) => [relative(root, path), readFileSync(join(folder, path), "utf8")]),
  );
}

type Files = Awaited<ReturnType<typeof unpack>>;

function expectNoSecrets(files: Files): void {
  const forms = [IN_SECRETS_FILE, JSON.stringify(IN_SECRETS_FILE).slice(1, -1), "plum"];
  for (const [path, text] of files) {
    for (const secret of [...forms, IN_ENVIRONMENT, IN_CONF, TOKEN])
      expect(text, path).not.toContain(secret);
  }
}

describe("on a machine that runs", () => {
  test("everything is in it, and no secret", async () => {
    const app = createMachine();
    await app.actions.act("comfy", "start");
    onTestFinished(() => app.actions.act("comfy", "stop").then(() => {}));
    await waitFor(() => readFileSync(join(real.dir, "comfy.err.log"), "utf8").includes("hello"));

    const bundle = app.support.bundle(FULL, never());
    expect(bundle.fileName).toMatch(/^controlpilot-support-\d{8}T\d{6}\.tar\.gz$/);
    const files = await unpack(bundle);
    expectNoSecrets(files);
    const paths = [...files.keys()];
    expect(paths).toEqual(
      expect.arrayContaining([
        "README.txt",
        "versions.json",
        "machine/gpu.txt",
        "machine/load.json",
        "machine/environment-names.txt",
        "supervisor.json",
        "boot-problems.txt",
        "config/service-updates.toml",
        "config/service-autostart.toml",
        "logs/comfy.out.log",
        "logs/comfy.err.log",
        "logs/supervisord.log",
        "logs/other/bootstrap.log",
        "updates/history.jsonl",
        "updates/comfy/20261123T101500-abc123/job.json",
        "updates/comfy/20261123T101500-abc123/output.log",
        "activity.jsonl",
      ]),
    );
    expect(files.get("services.json")).toContain(`"state": "RUNNING"`);
    expect(files.get("history.json")).toContain(`"kind": "running"`);
    expect(files.get("logs/comfy.err.log")).toContain("hello •••");
    expect(files.get("machine/environment-names.txt")).toContain("MY_API_KEY\n");
    expect(JSON.parse(files.get("versions.json") ?? "")).toMatchObject({
      controlpilot: expect.stringMatching(/^\d+\.\d+/),
      node: process.version,
      supervisord: expect.stringMatching(/^\d+\.\d+/),
    });
    const conf = files.get(paths.find((path) => path.endsWith("supervisord.conf")) ?? "");
    expect(conf).toContain("environment=PLAIN=•••,OTHER=•••\nstartsecs=0");
  });
});

describe("on a machine that is broken", () => {
  test("without a supervisord the rest is there, and what needs it says so", async () => {
    const configPath = inDir("supervisord.conf");
    const conf = readFileSync(real.configPath, "utf8");
    writeFileSync(configPath, conf.replaceAll(real.socketPath, inDir("gone.sock")));
    writeFileSync(join(real.dir, "comfy.out.log"), `Login with token=${TOKEN}\n`);

    const files = await unpack(createMachine(configPath).support.bundle(FULL, never()));
    expectNoSecrets(files);
    expect(files.get("services.json")).toMatch(/^This could not be read: supervisord does not/);
    expect(files.get("logs/comfy.out.log")).toBe("Login with token=•••\n");
    expect(files.get("logs/supervisord.log")).toContain("supervisord started with pid");
    expect(files.get("updates/comfy/20261123T101500-abc123/job.json")).toContain("fetch failed");
  });

  test("a config that cannot be parsed is shown as it is, and the logs are found by themselves", async () => {
    put("broken.conf", `this is [no\nconfig\n[program:x]\nenvironment=A="${IN_CONF}\nx=1\n`);
    const files = await unpack(createMachine(inDir("broken.conf")).support.bundle(FULL, never()));
    expectNoSecrets(files);
    const path = [...files.keys()].find((one) => one.endsWith("broken.conf")) ?? "";
    expect(files.get(path)).toBe("this is [no\nconfig\n[program:x]\nenvironment=•••\nx=1\n");
    expect(files.get("logs/other/bootstrap.log")).toContain("booted with •••");
  });

  test("a workspace with nothing in it gives a bundle too", async () => {
    await rm(inDir("workspace"), { recursive: true });
    const files = await unpack(createMachine().support.bundle(FULL, never()));
    expect(files.get("config/service-updates.toml")).toMatch(/^There is no /);
    expect(files.get("services.json")).toContain(`"name": "comfy"`);
  });

  test("of a long log the last lines are there, each whole", async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `line ${index} ${"x".repeat(600)}\n`);
    put("workspace/logs/long.log", lines.join(""));
    put("workspace/logs/short-lines.log", "short\n".repeat(3000));
    const files = await unpack(createMachine().support.bundle(FULL, never()));
    const long = files.get("logs/other/long.log") ?? "";
    expect(long).toMatch(/^line \d+ x/);
    expect(long.endsWith(lines.slice(-400).join(""))).toBe(true);
    expect(files.get("logs/other/short-lines.log")).toBe("short\n".repeat(500));
  });

  test("a log of one endless line, and one with half a key in it, give nothing away", async () => {
    put("workspace/logs/endless.log", `${"x".repeat(300_000)}${TOKEN}`);
    const key = `${"MIIEvAIBADANBgkq\n".repeat(600)}-----END PRIVATE KEY-----\nafter it\n`;
    put("workspace/logs/key.log", `-----BEGIN PRIVATE KEY-----\n${key}`);
    const files = await unpack(createMachine().support.bundle(FULL, never()));
    expect(files.get("logs/other/endless.log")).toMatch(/ is too long to be shown\.\n$/);
    expect(files.get("logs/other/key.log")).toBe("•••\nafter it\n");
  });
});

describe("its limits", () => {
  /** Sources of which none has to do with this machine. */
  function fakeSources(answers: Partial<SupportSources> = {}): SupportSources {
    const settings = readEnv({ NODE_ENV: "test", WORKSPACE_ROOT: inDir("workspace") });
    return {
      version: "1.2.3",
      settings,
      machine: {
        system: async () => ({ node: "", os: "", kernel: "", supervisord: "" }),
        gpu: async () => "none",
        load: () => Promise.reject(new Error("no load")),
        disk: () => Promise.reject(new Error("no disk")),
        environmentNames: () => [],
      },
      services: async () => [],
      supervisor: () => Promise.reject(new Error("no supervisor")),
      history: async () => [],
      bootProblems: async () => [],
      snapshot: () => Promise.reject(new Error("no snapshot")),
      conf: () => Promise.reject(new Error(`a bug at token=${TOKEN}`)),
      ...answers,
    };
  }

  function create(answers?: Partial<SupportSources>, limits = {}) {
    const most = { partBytes: 100_000, bytes: 1_000_000, partMs: 10_000, readMs: 60_000 };
    return createSupport({
      sources: fakeSources(answers),
      secretValues: async () => [IN_ENVIRONMENT],
      report: (error) => expect.fail(String(error)),
      limits: { ...most, ...limits },
    });
  }

  test("a part that fails, or never comes, leaves the others", async () => {
    const support = create({ services: () => new Promise(() => {}) }, { partMs: 50 });
    const files = await unpack(support.bundle(FULL, never()));
    expect(files.get("services.json")).toBe("This took too long to be read.\n");
    expect(files.get("machine/load.json")).toContain("This could not be read: Error: no load");
    expect(files.get("logs.txt")).toContain("This could not be read: Error: a bug at token=•••");
    expect(files.get("history.json")).toBe("[]\n");
  });

  test("what is too large is cut, and behind the whole's limit nothing is read any more", async () => {
    const problems = Array.from({ length: 100 }, (_, index) => `Problem ${index}.`);
    const support = create({ bootProblems: async () => problems }, { partBytes: 100, bytes: 700 });
    const files = await unpack(support.bundle(FULL, never()));
    expect(files.get("boot-problems.txt")).toHaveLength(100);
    expect(files.get("updates/history.jsonl")).toMatch(/^Left out: /);
  });

  test("it needs full rights", () => {
    expect(() => create().bundle({ scope: "read" }, never())).toThrow(/full rights/);
  });

  test("two are made at once, and one that nobody reads any more makes room", async () => {
    const support = create();
    const leaving = new AbortController();
    const first = support.bundle(FULL, leaving.signal);
    const second = support.bundle(FULL, never());
    expect(() => support.bundle(FULL, never())).toThrow(/being made already/);
    leaving.abort();
    await expect(first.body.getReader().closed).rejects.toThrow();
    await waitFor(() => unpack(support.bundle(FULL, never())).catch(() => null));
    await second.body.cancel();
    const both = await waitFor(() => {
      try {
        return [support.bundle(FULL, never()), support.bundle(FULL, never())];
      } catch {
        return null;
      }
    });
    await Promise.all(both.map(({ body }) => body.cancel()));
  });
});
