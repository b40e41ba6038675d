import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { canMount, runWithMounts } from "@/lib/server/testing/child-program";

const CONF = "[program:comfy]\ncommand=/opt/pilot/comfy.sh\n";

let folder: string;
let machine: string;

const inMachine = (...path: string[]) => join(machine, ...path);
const problems = () => readFileSync(inMachine("run", "boot-problems"), "utf8").trim().split("\n");

/** The real program, on a machine whose folders `script` has mounted something over. */
const bootAfter = (...script: string[]) =>
  runWithMounts(
    [...script, `${process.execPath} ${join(folder, "prepare-boot.mjs")}`].join("\n"),
    machine,
  );

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "prepare-boot-isolated-"));
  const banner =
    'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  await build({
    entryPoints: ["bin/prepare-boot.ts"],
    outfile: join(folder, "prepare-boot.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: banner },
    logLevel: "error",
  });
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  machine = mkdtempSync(join(folder, "machine-"));
  for (const name of ["etc", "workspace", "run"]) mkdirSync(inMachine(name));
  writeFileSync(inMachine("etc", "supervisord.conf"), CONF);
  vi.stubEnv("WORKSPACE_ROOT", inMachine("workspace"));
  vi.stubEnv("SUPERVISOR_CONFIG_PATH", inMachine("etc", "supervisord.conf"));
  vi.stubEnv("PILOT_RUN_DIR", inMachine("run"));
  vi.stubEnv("PILOT_REPOS_DIR", inMachine("repos"));
  vi.stubEnv("PILOT_VENVS_DIR", inMachine("venvs"));
});

describe.skipIf(!canMount)("the boot goes on (needs the right to mount)", () => {
  test.each([
    ["read-only", "mount -t tmpfs -o ro none workspace", "is read-only here"],
    [
      "full",
      "mount -t tmpfs -o size=16k none workspace; head -c 1M /dev/zero >workspace/all || true",
      "is full: free some space",
    ],
  ])("with a workspace that is %s", async (_how, mount, words) => {
    expect(await bootAfter(mount)).toContain("comfy: autostart off: it is not installed\n");
    const [problem, ...others] = problems();
    expect(problem).toContain(inMachine("workspace/config/service-updates.toml"));
    expect(problem).toContain(words);
    expect(others).toEqual([]);
  });

  test("with a disk that does not answer, once timeout ends what waits for it", async () => {
    const program = `${process.execPath} ${join(folder, "prepare-boot.mjs")}`;
    const wait = `timeout -k 20 1 ${program} || echo "ended with $?"`;
    const script = [
      "mkdir workspace/config",
      "mkfifo workspace/config/service-autostart.toml",
      wait,
    ];
    expect(await runWithMounts(script.join("\n"), machine)).toContain("ended with 124");
  });

  test("with a config that nobody can change", async () => {
    await bootAfter("mount --bind etc etc", "mount -o remount,bind,ro etc");
    expect(readFileSync(inMachine("etc", "supervisord.conf"), "utf8")).toBe(CONF);
    expect(problems()).toEqual([
      expect.stringMatching(
        /\.not-installed is read-only here\. .*Services that are not installed are tried all the same\.$/,
      ),
    ]);
  });

  test("with a config that can be changed, though nothing can be remembered beside it", async () => {
    mkdirSync(inMachine("etc", "supervisord.conf.not-installed"));
    const output = await bootAfter();
    expect(output).not.toContain("comfy");
    expect(readFileSync(inMachine("etc", "supervisord.conf"), "utf8")).toBe(CONF);
    expect(problems().at(-1)).toMatch(/\.not-installed .*tried all the same\.$/);
  });

  test("with the user's own config, mounted there, which stays as it is but for the choices", async () => {
    const own = `${CONF}[program:kohya]\ncommand=/opt/pilot/start-kohya.sh\n`;
    writeFileSync(inMachine("host.conf"), own);
    mkdirSync(inMachine("workspace", "config"));
    const choices = inMachine("workspace", "config", "service-autostart.toml");
    writeFileSync(choices, "[services.kohya]\nautostart = false\n");
    await bootAfter("mount --bind host.conf etc/supervisord.conf");
    const text = readFileSync(inMachine("host.conf"), "utf8");
    expect(text).toBe(own.replace("[program:kohya]", "[program:kohya]\nautostart=false"));
  });
});
