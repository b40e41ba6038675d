import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { waitFor } from "../testing/wait-for";
import { createRunner, explainResult } from "./command";
import { isAlive } from "./process";

const dirs: string[] = [];

async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "cp-command-"));
  dirs.push(dir);
  return dir;
}

afterEach(async () => {
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
});

const sh = (script: string) => ["-c", script];

describe("running a program", () => {
  it("answers its exit code and both outputs, and shows them as they come", async () => {
    const shown: string[] = [];
    const run = createRunner({ timeoutMs: 5000, onOutput: (text) => shown.push(text) });
    const result = await run("/bin/sh", sh("echo out; echo err >&2; exit 3"));
    expect(result).toMatchObject({ ok: false, exitCode: 3, stdout: "out\n", stderr: "err\n" });
    expect(shown[0]).toBe("$ sh -c echo out; echo err >&2; exit 3\n");
    expect(shown.slice(1).sort()).toEqual(["err\n", "out\n"]);
    expect(explainResult(result)).toBe("sh -c ended with 3: err");
  });

  it("shows nothing of a quiet one", async () => {
    const shown: string[] = [];
    const run = createRunner({ timeoutMs: 5000, onOutput: (text) => shown.push(text) });
    await run("/bin/sh", sh("echo out"), { quiet: true });
    expect(shown).toEqual([]);
  });

  it("gives it an input, a folder and an environment", async () => {
    const dir = await tempDir();
    const run = createRunner({ timeoutMs: 5000, env: { HERE: "yes", PATH: process.env.PATH } });
    const options = { cwd: dir, input: "asked\n", env: { THERE: "too" } };
    const { stdout } = await run("/bin/sh", sh('read x; echo "$x $HERE $THERE $PWD"'), options);
    expect(stdout).toBe(`asked yes too ${dir}\n`);
  });

  it("ends with everything it started when it takes too long", async () => {
    const run = createRunner({ timeoutMs: 300 });
    const result = await run("/bin/sh", sh("sleep 100 & echo $!; wait"));
    expect(result).toMatchObject({ ok: false, timedOut: true });
    await waitFor(() => !isAlive(Number(result.stdout)));
    expect(explainResult(result)).toBe("sh -c took too long and was ended.");
  });

  it("ends when it says nothing for too long, and not before", async () => {
    const run = createRunner({ timeoutMs: 20_000, silenceMs: 400 });
    const result = await run(
      "/bin/sh",
      sh("for i in 1 2 3 4; do echo $i; sleep 0.2; done; sleep 100"),
    );
    expect(result).toMatchObject({ timedOut: true, stdout: "1\n2\n3\n4\n" });
  });

  it("ends when it is cancelled, also where it does not listen", async () => {
    const cancel = new AbortController();
    const run = createRunner({
      timeoutMs: 20_000,
      signal: cancel.signal,
      onOutput: (text) => text === "ready\n" && cancel.abort(),
    });
    const result = await run(
      "/bin/sh",
      sh("trap '' TERM; echo ready; while :; do sleep 0.1; done"),
    );
    expect(result).toMatchObject({ cancelled: true, timedOut: false, signal: "SIGKILL" });
  });

  it("is not started at all after a cancel", async () => {
    const dir = await tempDir();
    const run = createRunner({ timeoutMs: 5000, signal: AbortSignal.abort() });
    expect(await run("/bin/sh", sh("echo > started"), { cwd: dir })).toMatchObject({
      ok: false,
      cancelled: true,
    });
    await expect(readFile(join(dir, "started"))).rejects.toThrow("ENOENT");
  });

  it("does not wait for what it leaves behind with its outputs", async () => {
    const run = createRunner({ timeoutMs: 20_000 });
    const result = await run("/bin/sh", sh("setsid sleep 100 & echo $!"));
    expect(result.exitCode).toBe(0);
    process.kill(Number(result.stdout), "SIGKILL");
  });

  it("says so where there is no such program", async () => {
    const run = createRunner({ timeoutMs: 5000 });
    await expect(run("no-such-program", [])).rejects.toMatchObject({
      code: "unavailable",
      message: "no-such-program is not on this machine.",
    });
  });

  it("keeps a character that arrives in two pieces whole", async () => {
    const shown: string[] = [];
    const run = createRunner({ timeoutMs: 5000, onOutput: (text) => shown.push(text) });
    await run("/bin/sh", sh(String.raw`printf '\303'; sleep 0.2; printf '\244\n'`));
    expect(shown.slice(1).join("")).toBe("ä\n");
  });
});
