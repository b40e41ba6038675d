import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newJobId } from "@/lib/server/adapters/job-folders";
import { identify } from "@/lib/server/adapters/process";
import { createUpdatesConfig } from "@/lib/server/adapters/updates-config";
import { createRemote, gitIn, makeFolder, removeFolders } from "@/lib/server/testing/git-remotes";
import { type JobRecord, newRecord } from "@/lib/server/update-record";
import { main } from "./prepare-boot";

const CONF = `[program:comfy]
command=/bin/bash -lc '/opt/pilot/comfy.sh'
autostart=true
[program:kohya]
command=/opt/pilot/start-kohya.sh
[program:invoke]
command=/opt/pilot/invoke.sh
autostart=false
[program:controlpilot]
command=/opt/pilot/portal.sh
[program:mine]
command=/opt/mine/run.sh
`;

let dir: string;
let env: Record<string, string>;
let lines: string[];

const inDir = (...path: string[]) => join(dir, ...path);
const write = (path: string, text = "") => {
  mkdirSync(dirname(inDir(path)), { recursive: true });
  writeFileSync(inDir(path), text);
};
const read = (path: string) => readFileSync(inDir(path), "utf8");
const list = (path: string) => (existsSync(inDir(path)) ? readdirSync(inDir(path)).sort() : null);
const choose = (text: string) => write("workspace/config/service-autostart.toml", text);
const problems = () => (existsSync(inDir("run/boot-problems")) ? read("run/boot-problems") : "");

async function boot(more: Record<string, string> = {}): Promise<0 | 1> {
  lines = [];
  await rm(inDir("run"), { recursive: true, force: true });
  const source = { ...process.env, ...env, ...more };
  return main(source, (line) => lines.push(line));
}

/** The value of autostart= as the config has it; null where it has none. */
function autostartOf(program: string): string | null {
  const section = read("supervisord.conf").split(`[program:${program}]`)[1]?.split("\n[")[0] ?? "";
  return /^autostart=(.*)$/m.exec(section)?.[1] ?? null;
}

beforeEach(() => {
  dir = makeFolder("prepare-boot");
  mkdirSync(inDir("workspace"));
  write("supervisord.conf", CONF);
  for (const file of ["repos/ComfyUI/main.py", "repos/kohya_ss/kohya_gui.py"]) write(file);
  write("venvs/invoke/bin/invokeai-web");
  env = {
    WORKSPACE_ROOT: inDir("workspace"),
    SUPERVISOR_CONFIG_PATH: inDir("supervisord.conf"),
    PILOT_RUN_DIR: inDir("run"),
    PILOT_REPOS_DIR: inDir("repos"),
    PILOT_VENVS_DIR: inDir("venvs"),
  };
});
afterAll(removeFolders);

test("the first boot makes the file of updates; the second one changes nothing", async () => {
  const path = inDir("workspace/config/service-updates.toml");
  expect([await boot(), lines]).toEqual([0, [`Made ${path}`]]);
  const { enabled, restartAfterUpdate, services } = await createUpdatesConfig(path).read();
  expect([enabled, restartAfterUpdate]).toEqual([false, true]);
  const manual = { autoUpdate: false, target: null, skip: null };
  expect([...services]).toEqual(
    ["invoke", "comfy", "kohya", "diffpipe", "ai-toolkit"].map((name) => [name, manual]),
  );

  expect([await boot(), lines]).toEqual([0, []]);
  expect([read("supervisord.conf"), list("run")]).toEqual([CONF, null]);
});

test.each([
  ["an empty", ""],
  ["a broken", "enabled = \n"],
  ["somebody's", "# mine\n"],
])("%s file of updates stays as it is", async (_whose, text) => {
  write("workspace/config/service-updates.toml", text);
  expect(await boot()).toBe(0);
  expect(read("workspace/config/service-updates.toml")).toBe(text);
});

describe("autostart", () => {
  test("a fresh config gets the user's choices, and a line tells which do not fit", async () => {
    await boot();
    choose(
      Object.entries({ comfy: false, kohya: false, invoke: true, gone: true })
        .map(([name, enabled]) => `[services.${name}]\nautostart = ${enabled}\n`)
        .join("\n"),
    );
    expect([await boot(), lines]).toEqual([
      0,
      [
        "gone: its autostart choice is skipped, there is no such program",
        "comfy: autostart off",
        "kohya: autostart off",
        "invoke: autostart on",
      ],
    ]);
    expect(["comfy", "kohya", "invoke"].map(autostartOf)).toEqual(["false", "false", "true"]);
    expect(problems()).toBe("");
  });

  test("what is absent does not start, and does again once it is there", async () => {
    await rm(inDir("repos"), { recursive: true });
    await boot();
    expect(lines).toContain("comfy: autostart off: it is not installed");
    expect(["comfy", "kohya", "controlpilot", "mine"].map(autostartOf)).toEqual([
      "false",
      "false",
      null,
      null,
    ]);
    expect(read("supervisord.conf.not-installed")).toContain("comfy\nkohya\n");

    expect([await boot(), lines]).toEqual([0, []]);
    write("repos/ComfyUI/main.py");
    expect([await boot(), lines]).toEqual([0, ["comfy: autostart on: it is installed now"]]);
    expect(read("supervisord.conf.not-installed")).not.toContain("comfy");
  });

  test("a file of the user's own that the config includes is left as it is", async () => {
    await rm(inDir("repos"), { recursive: true });
    write("supervisord.conf", `${CONF}[include]\nfiles=own/*.conf\n`);
    write("own/comfy.conf", "[program:comfy]\nautostart=true\n");
    await boot();
    expect(read("own/comfy.conf")).toBe("[program:comfy]\nautostart=true\n");
    expect(["comfy", "kohya"].map(autostartOf)).toEqual(["true", "false"]);
    expect(read("supervisord.conf.not-installed")).not.toContain("comfy");
  });

  test("what the user has switched off in a file of their own stays off", async () => {
    await rm(inDir("repos"), { recursive: true });
    await boot();
    write("supervisord.conf", `${read("supervisord.conf")}[include]\nfiles=own/*.conf\n`);
    write("own/comfy.conf", "[program:comfy]\nautostart=false\n");
    write("repos/ComfyUI/main.py");
    await boot();
    expect(read("own/comfy.conf")).toBe("[program:comfy]\nautostart=false\n");
  });

  test("where stand-ins run in their place, what is absent starts", async () => {
    await rm(inDir("repos"), { recursive: true });
    await boot({ CONTROLPILOT_STAND_INS: "1" });
    expect(read("supervisord.conf")).toBe(CONF);
  });

  test("broken choices are told with their place, and what is absent is switched off all the same", async () => {
    choose("[services.comfy]\nautostart = nope\n");
    await rm(inDir("repos/kohya_ss"), { recursive: true });
    expect(await boot()).toBe(0);
    expect(problems()).toMatch(
      /service-autostart\.toml cannot be used: line 2, column \d+: .* What starts with the machine is as the image has it\.\n$/,
    );
    expect(["comfy", "kohya"].map(autostartOf)).toEqual(["true", "false"]);
  });

  test("a config that supervisord would refuse stays as it is, and is told", async () => {
    write("supervisord.conf", `${CONF}junk\n`);
    choose("[services.comfy]\nautostart = false\n");
    expect(await boot()).toBe(0);
    expect(read("supervisord.conf")).toBe(`${CONF}junk\n`);
    expect(problems()).toBe(
      `${inDir("supervisord.conf")}: line 13 is not an option: "junk". What starts with the machine is as the config says.\n`,
    );
  });
});

describe("what is to be updated", () => {
  let heads: { old: string; new: string };
  let clone: () => string;

  beforeAll(() => {
    const remote = createRemote({ "main.py": "1\n" });
    const first = remote.commit({ "main.py": "2\n" });
    heads = { old: first, new: remote.commit({ "main.py": "3\n" }) };
    clone = remote.clone;
  });

  beforeEach(async () => {
    await rm(inDir("repos/ComfyUI"), { recursive: true });
    execFileSync("mv", [clone(), inDir("repos/ComfyUI")]);
    const metadata = "venvs/invoke/lib/python3.11/site-packages/invokeai-6.9.0.dist-info/METADATA";
    write(metadata, "Name: InvokeAI\nVersion: 6.9.0\n");
  });

  const want = (text: string, enabled = true) =>
    write("workspace/config/service-updates.toml", `enabled = ${enabled}\n${text}`);
  const entry = (name: string, target = "") =>
    `[services.${name}]\nauto_update = true\ntarget_ref = "${target}"\n`;

  async function found(more: Record<string, string> = {}) {
    expect(await boot(more)).toBe(0);
    return { held: list("run/hold"), isAskedFor: existsSync(inDir("run/reconcile")) };
  }
  const NOTHING = { held: null, isAskedFor: false };

  test("a service at the version that was chosen is not held up", async () => {
    expect(gitIn(inDir("repos/ComfyUI"), "rev-parse", "HEAD")).toBe(heads.new);
    want(entry("comfy", heads.new) + entry("invoke", "6.9.0"));
    expect(await found()).toEqual(NOTHING);
  });

  test("one at another version waits, and so does one that follows the newest", async () => {
    want(entry("comfy", heads.old));
    expect(await found()).toEqual({ held: ["comfy"], isAskedFor: true });
    want(entry("comfy"));
    expect(await found()).toEqual({ held: ["comfy"], isAskedFor: true });
    expect(read("run/hold/comfy")).toBe("");
  });

  test("one that the user starts in another way is updated, and is not held up: nothing would wait", async () => {
    write(
      "supervisord.conf",
      CONF.replace("/bin/bash -lc '/opt/pilot/comfy.sh'", "/mine/comfy.sh"),
    );
    want(entry("comfy"));
    expect(await found()).toEqual({ held: [], isAskedFor: true });
  });

  test("one that does not start with the machine is updated, and holds nothing up", async () => {
    want(entry("invoke", "6.10.0"));
    expect(await found()).toEqual({ held: [], isAskedFor: true });
  });

  test.each<[string, () => void, Record<string, string>]>([
    ["is not installed", () => want(entry("diffpipe")), {}],
    ["is not to be updated at boot", () => want("[services.comfy]\nauto_update = false\n"), {}],
    ["is chosen where nothing is enabled", () => want(entry("comfy"), false), {}],
    [
      "is chosen where the reconcile is off",
      () => want(entry("comfy")),
      { SERVICE_UPDATES_BOOT_RECONCILE: "Off" },
    ],
  ])("one that %s is left alone", async (_what, prepare, more) => {
    prepare();
    expect(await found(more)).toEqual(NOTHING);
  });

  function leaveJob(change: Partial<JobRecord>): void {
    const request = { target: null, keepEdits: false, policy: null, rollbackTo: null };
    const fields = { name: "comfy", display: "Comfy UI", kind: "git", trigger: "user" } as const;
    const id = newJobId(new Date());
    const wish = { ...fields, id, actor: "user", request, mends: false };
    const record = { ...newRecord(wish, Date.now()), ...change };
    write(`workspace/config/service-updates/comfy/${id}/job.json`, JSON.stringify(record));
  }

  test("one whose update was cut off waits until that is mended, whatever the file says", async () => {
    want("broken");
    leaveJob({ pid: 1, process: "1 0 an earlier boot", touched: true, whole: false });
    expect(await found()).toEqual({ held: ["comfy"], isAskedFor: true });
    expect(problems()).toMatch(/service-updates\.toml cannot be used: .* No version is re-applied/);
  });

  test("one that a job still works on is left to that job", async () => {
    want("", false);
    leaveJob({ pid: process.pid, process: identify(process.pid) });
    expect(await found()).toEqual(NOTHING);
  });

  test("one that ended half done is mended, though its commit is the right one", async () => {
    want(entry("comfy", heads.new));
    leaveJob({ state: "error", endedAt: Date.now(), whole: false });
    expect(await found()).toEqual({ held: ["comfy"], isAskedFor: true });
  });
});

describe("when a disk fails", () => {
  test("a workspace that is no folder costs what lies in it, and no more", async () => {
    await rm(inDir("workspace"), { recursive: true });
    await rm(inDir("repos"), { recursive: true });
    write("workspace");
    expect(await boot()).toBe(0);
    expect(problems().trimEnd().split("\n")).toEqual([
      expect.stringMatching(
        /not a folder\. What starts with the machine is as the image has it\.$/,
      ),
      expect.stringMatching(/not a folder\. No version is re-applied at this boot\.$/),
    ]);
    expect(autostartOf("comfy")).toBe("false");
  });

  test("where not even the problems can be written down, the exit code tells", async () => {
    choose("broken");
    write("file");
    expect(await boot({ PILOT_RUN_DIR: inDir("file", "run") })).toBe(1);
    expect(lines.join("\n")).toMatch(/service-autostart\.toml cannot be used/);
  });
});
