import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { canMount } from "../testing/child-program";
import { mountReadOnly } from "../testing/small-disk";
import { createUpdatesConfig, policyOf, type UpdateChange } from "./updates-config";

const BY_HAND = `# what the boot does
owner = "me"   # and nobody else
enabled = false  # not yet
restart_after_update = true

[services.invoke]   # the best
auto_update = false
target_version = ""
note = 'unknown \\ key'

# about comfy
[services.comfy]
auto_update = false   # by hand
target_ref = ''
big = 9007199254740993

# the last one
[other]
x = 0x1F
`;

let folder: string;
let path: string;
const config = () => createUpdatesConfig(path);
const text = () => readFileSync(path, "utf8");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "updates-config-"));
  path = join(folder, "service-updates.toml");
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("read", () => {
  test("no file means that nothing is enabled", async () => {
    expect(await config().read()).toEqual({
      enabled: false,
      restartAfterUpdate: true,
      services: new Map(),
    });
    expect(existsSync(path)).toBe(false);
  });

  test("an empty target is none, and either key names one", async () => {
    writeFileSync(
      path,
      `enabled = true
restart_after_update = false
[services]
comfy = { auto_update = true, target_ref = "abc" }
kohya = { auto_update = true, target_ref = "", target_version = "" }
odd = { target_version = "1.2", skip_version = "1.3" }
`,
    );
    expect(await config().read()).toEqual({
      enabled: true,
      restartAfterUpdate: false,
      services: new Map([
        ["comfy", { autoUpdate: true, target: "abc", skip: null }],
        ["kohya", { autoUpdate: true, target: null, skip: null }],
        ["odd", { autoUpdate: false, target: "1.2", skip: "1.3" }],
      ]),
    });
  });
});

test.each([
  [{ autoUpdate: false, target: null, skip: null }, "manual"],
  [{ autoUpdate: false, target: "1.0", skip: null }, "manual"],
  [{ autoUpdate: true, target: "1.0", skip: null }, "pinned"],
  [{ autoUpdate: true, target: null, skip: "1.0" }, "follow"],
])("the policy of %j is %s", (entry, policy) => {
  expect(policyOf(entry)).toBe(policy);
});

describe("set", () => {
  test("makes the file, with everything that can be said in it", async () => {
    await config().set("comfy", { kind: "git", policy: "pinned", target: "76a7fe9" });
    expect(text()).toMatch(/^#.+\n#.+\n#.+\nenabled = true\nrestart_after_update = true\n\n/);
    expect(text()).toContain('[services.invoke]\nauto_update = false\ntarget_version = ""\n');
    expect(text()).toContain('[services.comfy]\nauto_update = true\ntarget_ref = "76a7fe9"\n');
  });

  test("keeps everything that a person wrote", async () => {
    writeFileSync(path, BY_HAND);
    await config().set("comfy", { kind: "git", policy: "pinned", target: "76a7fe9" });
    const pinned = BY_HAND.replace("enabled = false  #", "enabled = true  #")
      .replace("auto_update = false   # by", "auto_update = true   # by")
      .replace("target_ref = ''", 'target_ref = "76a7fe9"');
    expect(text().replaceAll(/ +#/g, " #")).toBe(pinned.replaceAll(/ +#/g, " #"));

    const before = text();
    await config().set("invoke", { kind: "pip", skip: "6.1.0" });
    expect(text()).toBe(before.replace("key'\n", 'key\'\nskip_version = "6.1.0"\n'));
    await config().set("invoke", { kind: "pip", skip: null });
    expect(text()).toBe(before);
    await config().set("kohya", { kind: "git", policy: "follow" });
    expect(text()).toBe(`${before}\n[services.kohya]\nauto_update = true\ntarget_ref = ""\n`);
  });

  test("puts what is new where a person would", async () => {
    writeFileSync(path, "# my file\n\n# about comfy\n[services.comfy] # x\n\n# other\n[other]\n");
    await config().set("comfy", { kind: "git", policy: "pinned", target: "v1" });
    expect(text()).toBe(
      '# my file\n\nenabled = true\n\n# about comfy\n[services.comfy] # x\nauto_update = true\ntarget_ref = "v1"\n\n# other\n[other]\n',
    );
  });

  test.each<[string, UpdateChange]>([
    ["manual again", { kind: "git", policy: "manual" }],
    ["pinned again", { kind: "pip", policy: "pinned", target: "6.1.0" }],
    ["pinned without naming the target again", { kind: "pip", policy: "pinned" }],
    ["follow again", { kind: "git", policy: "follow", target: null }],
    ["nothing", { kind: "git" }],
    ["no skip", { kind: "git", skip: null }],
  ])("does not write what is there already: %s", async (_title, change) => {
    const target = change.policy === "pinned" ? "target_version='6.1.0'\n" : "";
    const auto = change.policy === "manual" ? "" : "auto_update=true\n";
    const content = `enabled=true\n[services.x]\n${auto}${target}`;
    writeFileSync(path, content);
    await config().set("x", change);
    expect(text()).toBe(content);
  });

  test("a policy by itself keeps the target, but for follow, and the skipped version", async () => {
    await config().set("x", { kind: "pip", policy: "pinned", target: "1.0", skip: "1.1" });
    await config().set("x", { kind: "pip", policy: "manual" });
    const read = async () => (await config().read()).services.get("x");
    expect(await read()).toEqual({ autoUpdate: false, target: "1.0", skip: "1.1" });
    await config().set("x", { kind: "pip", policy: "follow" });
    expect(await read()).toEqual({ autoUpdate: true, target: null, skip: "1.1" });
  });

  test("manual leaves the main switch alone", async () => {
    writeFileSync(path, "enabled = true\n[services.x]\nauto_update = true\n");
    await config().set("x", { kind: "git", policy: "manual" });
    expect(text()).toContain("enabled = true\n[services.x]\nauto_update = false\n");
  });

  test("a target under the key of the other kind does not outlive the new one", async () => {
    writeFileSync(path, 'enabled = true\n[services.x]\ntarget_version = "1"\nauto_update = true\n');
    await config().set("x", { kind: "git", policy: "pinned", target: "2" });
    expect((await config().read()).services.get("x")?.target).toBe("2");
    expect(text()).toContain('target_version = ""\n');
  });

  test("a pin needs a version", async () => {
    const pin = config().set("x", { kind: "git", policy: "pinned", target: null });
    await expect(pin).rejects.toMatchObject({ code: "conflict" });
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    ["an inline table", "services = { comfy = { auto_update = false } }\n"],
    ["dotted keys", "services.comfy.auto_update = false\nservices.comfy.note = 'x'\n"],
    ["dotted keys below a header", "[services]\ncomfy.auto_update = false\n[other]\na = 1\n"],
    ["only a table below", "[services.comfy.deep]\na = 1\n"],
    ["a quoted header", "enabled=false\n[services.\"comfy\"] # [x]\nnote = '[services.x]'\n"],
    ["CRLF", "enabled = false\r\n[services.comfy]\r\nauto_update = false\r\n"],
    ["no final newline", "[services.comfy]\nauto_update = false"],
    ["a byte order mark", "\ufeff[services.comfy]\nauto_update = false\n"],
    [
      "a text of many lines",
      "[services.comfy]\nnote = '''\n[other]\n# x = 1'''\nids = [\n 1,\n]\n",
    ],
    ["comments only", "# nothing yet\n"],
  ])("finds its way with %s", async (_title, content) => {
    writeFileSync(path, content);
    await config().set("comfy", { kind: "git", policy: "pinned", target: "abc" });
    await config().set("ai-toolkit", { kind: "git", policy: "follow", skip: "d/e" });
    const { enabled, services } = await config().read();
    expect(enabled).toBe(true);
    expect(Object.fromEntries(services)).toEqual({
      comfy: { autoUpdate: true, target: "abc", skip: null },
      "ai-toolkit": { autoUpdate: true, target: null, skip: "d/e" },
    });
    const written = text().split(/\r?\n|\ufeff/);
    for (const line of content.split(/\r?\n|\ufeff/)) {
      if (!/auto_update|enabled/.test(line)) expect(written).toContain(line);
    }
    expect(text().includes("\r\n")).toBe(content.includes("\r\n"));
    expect(text()).not.toMatch(content.includes("\r\n") ? /[^\r]\n/ : /\r/);
  });

  test("eight at once all arrive", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `service-${index}`);
    await Promise.all(names.map((name) => config().set(name, { kind: "git", policy: "follow" })));
    expect([...(await config().read()).services.keys()]).toEqual(expect.arrayContaining(names));
  });
});

test.each([
  ["[services.comfy\nauto_update = true\n", "line 2, column 1: "],
  ["a = 1\n[services.x]\nauto_update = ture\n", "line 3, column 15: "],
  ["services = 3\n", '"services" is not a table'],
  ["[services]\ncomfy = true\n", '"comfy" is not a table'],
  ['[services.comfy]\nauto_update = "yes"\n', 'auto_update of "comfy" is not true or false'],
  ["[services.comfy]\ntarget_ref = 1\n", 'target_ref of "comfy" is not a text in quotes'],
  ['enabled = "yes"\n', "enabled is not true or false"],
  ["[services.x]\ntarget_ref='a'\ntarget_version='b'\n", 'target_version of "x" contradict'],
])("a file that cannot be understood is refused and left alone: %j", async (content, reason) => {
  writeFileSync(path, content);
  const sentence = `${path} cannot be used: `;
  for (const attempt of [
    config().read(),
    config().set("kohya", { kind: "git", policy: "follow" }),
  ]) {
    await expect(attempt).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(sentence),
    });
    await expect(attempt).rejects.toThrow(reason);
  }
  expect(text()).toBe(content);
});

describe("checkWritable", () => {
  const check = () => config().checkWritable("comfy", "git");
  const set = () => config().set("comfy", { kind: "git", policy: "pinned", target: "76a7fe9" });
  const isRoot = process.getuid?.() === 0;

  /** All that is in the folder, with what would tell of a change. */
  function picture() {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.map((name) => {
      const stats = lstatSync(join(folder, name));
      return stats.isDirectory() ? name : [name, stats.ino, stats.mode, stats.ctimeMs, stats.size];
    });
  }

  /** It says exactly what `set` says, and neither changes anything. */
  async function expectRefusal(reason: string) {
    const before = picture();
    const sentence = await check().then(() => "nothing", String);
    expect(sentence).toContain(reason);
    expect(await set().then(() => "nothing", String)).toBe(sentence);
    expect(picture()).toEqual(before);
  }

  test.each([
    ["a file", () => writeFileSync(path, BY_HAND)],
    ["no file yet", () => {}],
    ["no folder yet", () => (path = join(folder, "a", "b", "updates.toml"))],
    [
      "a link to a file",
      () => {
        writeFileSync(join(folder, "real.toml"), BY_HAND);
        symlinkSync("real.toml", path);
      },
    ],
  ])("agrees to %s, and leaves it as it is", async (_title, make) => {
    make();
    const before = picture();
    await check();
    expect(picture()).toEqual(before);
    await set();
    expect((await config().read()).services.get("comfy")?.target).toBe("76a7fe9");
  });

  test("refuses what cannot be understood or edited", async () => {
    writeFileSync(path, "[services.comfy\n");
    await expectRefusal("cannot be used: line");
    writeFileSync(path, "services = [{ comfy = 1 }]\n");
    await expectRefusal('"services" is not a table');
  });

  test("refuses a folder in the place of the file", async () => {
    mkdirSync(path);
    await expectRefusal("is a folder, not a file");
  });

  describe.skipIf(!canMount || !isRoot)("on disks of its own (needs the right to mount)", () => {
    const undo: (() => void)[] = [];

    afterEach(() => {
      for (const step of undo.splice(0).reverse()) step();
    });

    test("refuses a read-only file, with or without its folder", async () => {
      writeFileSync(path, BY_HAND);
      undo.push(mountReadOnly(path));
      await expectRefusal(`${path} is read-only here. The file is as it was.`);
      undo.push(mountReadOnly(folder));
      await expectRefusal(`${path} is read-only here. The file is as it was.`);
    });

    test("refuses a missing file and a missing folder on a read-only disk", async () => {
      undo.push(mountReadOnly(folder));
      await expectRefusal(`${path} is read-only here.`);
      path = join(folder, "a", "b", "updates.toml");
      await expect(check()).rejects.toThrow(`${path} is read-only here.`);
    });

    test("agrees to a file that is a mount point in a read-only folder", async () => {
      const outside = mkdtempSync(join(tmpdir(), "updates-config-"));
      undo.push(() => rmSync(outside, { recursive: true }));
      writeFileSync(join(outside, "x.toml"), BY_HAND);
      writeFileSync(path, "");
      undo.push(mountReadOnly(folder));
      execFileSync("mount", ["--bind", join(outside, "x.toml"), path]);
      undo.push(() => execFileSync("umount", [path]));
      await check();
      expect(text()).toBe(BY_HAND);
      await set();
      expect(text()).toContain("76a7fe9");
    });

    test("refuses a full disk", async () => {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "none", folder]);
      undo.push(() => execFileSync("umount", [folder]));
      writeFileSync(path, BY_HAND);
      expect(() => writeFileSync(join(folder, "big"), "x".repeat(100_000))).toThrow("ENOSPC");
      await expectRefusal(`The disk that holds ${path} is full`);
    });

    test("refuses an immutable file", async ({ skip }) => {
      writeFileSync(path, BY_HAND);
      if (spawnSync("chattr", ["+i", path]).status !== 0) skip();
      undo.push(() => execFileSync("chattr", ["-i", path]));
      await expectRefusal(`ControlPilot has no permission for ${path}`);
    });
  });

  describe.skipIf(!isRoot)("as another user (needs root)", () => {
    async function asNobody(work: () => Promise<void>) {
      process.seteuid?.(65_534);
      await work().finally(() => process.seteuid?.(0));
    }

    test("refuses a file and a folder that are another's", async () => {
      writeFileSync(path, BY_HAND);
      chmodSync(folder, 0o755);
      await asNobody(() => expectRefusal(`ControlPilot has no permission for ${path}`));
    });

    test("agrees to its own read-only file, which it may replace", async () => {
      writeFileSync(path, BY_HAND);
      chmodSync(path, 0o444);
      for (const own of [folder, path]) chownSync(own, 65_534, 0);
      await asNobody(async () => {
        await check();
        await set();
      });
      expect(text()).toContain("76a7fe9");
    });
  });
});
