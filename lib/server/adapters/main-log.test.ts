import { appendFile, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createMainLog, readEnds } from "./main-log";

const at = "2026-11-23 08:14:49,237";

test.each([
  ["exited: comfy (exit status 1; not expected)", { exitCode: 1, signal: null, quickEnds: 1 }],
  ["exited: comfy (exit status 0; expected)", { exitCode: 0, signal: null, quickEnds: 1 }],
  [
    "exited: comfy (terminated by SIGKILL; not expected)",
    { exitCode: null, signal: "SIGKILL", quickEnds: 1 },
  ],
  [
    "exited: comfy (terminated by SIGSEGV (core dumped); not expected)",
    { exitCode: null, signal: "SIGSEGV", quickEnds: 1 },
  ],
  ["stopped: comfy (terminated by SIGTERM)", { exitCode: null, signal: "SIGTERM", quickEnds: 0 }],
])("%s", (line, end) => {
  expect(readEnds(`${at} WARN ${line}\n`).get("comfy")).toEqual(end);
});

test("tries are counted from the last time it was up or given up", () => {
  const lines = [
    "exited: comfy (exit status 1; not expected)",
    "exited: comfy (exit status 1; not expected)",
    "gave up: comfy entered FATAL state, too many start retries too quickly",
  ];
  const log = lines.map((line) => `${at} INFO ${line}`).join("\n");

  expect(readEnds(log).get("comfy")?.quickEnds).toBe(2);
  expect(readEnds(`${log}\n${at} INFO ${lines[0]}`).get("comfy")?.quickEnds).toBe(1);
  const up = `${at} INFO success: comfy entered RUNNING state, process has stayed up`;
  expect(readEnds(`${log}\n${up}\n${at} INFO ${lines[0]}`).get("comfy")?.quickEnds).toBe(1);
});

test("a log that grows is read again, one that is missing is empty", async () => {
  const path = join(await mkdtemp(join(tmpdir(), "main-log-")), "supervisord.log");
  const mainLog = createMainLog();
  expect([...(await mainLog.ends(path)).keys()]).toEqual([]);

  await writeFile(path, `${at} INFO exited: a (exit status 3; not expected)\n`);
  expect((await mainLog.ends(path)).get("a")?.exitCode).toBe(3);
  await appendFile(path, `${at} INFO exited: a (exit status 4; not expected)\n`);
  expect((await mainLog.ends(path)).get("a")?.exitCode).toBe(4);
});
