import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { withFileLock } from "./file-lock";
import { removeLeftovers } from "./leftovers";

/** No process has it: the kernel gives none so high. */
const NO_PID = 4194999;
let dir: string;
let temporary: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "leftovers-"));
  temporary = join(dir, "tmp");
  for (const name of ["tmp", "config", "volume"]) mkdirSync(join(dir, name));
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true });
  });
});

test("parts of files go from where the files lie, and nothing else does", async () => {
  const part = `.controlpilot-${NO_PID}-6f1c1c1e-1111-4222-8333-444455556666.tmp`;
  for (const path of [`config/${part}`, "config/notes.tmp", "config/a.conf", `volume/${part}`])
    writeFileSync(join(dir, path), "");
  writeFileSync(join(dir, "volume", "b.conf"), "");
  symlinkSync(join(dir, "volume", "b.conf"), join(dir, "config", "b.conf"));
  const files = ["config/a.conf", "config/b.conf", "nowhere/c.conf"];
  await removeLeftovers(files.map((file) => join(dir, file)));
  expect(readdirSync(join(dir, "config")).sort()).toEqual(["a.conf", "b.conf", "notes.tmp"]);
  expect(readdirSync(join(dir, "volume"))).toEqual(["b.conf"]);
});

test("a lock that a killed process has left goes, one that is held stays", async () => {
  const left = join(temporary, "controlpilot-0123456789abcdef0123456789abcdef.lock");
  const work = join(temporary, `controlpilot-work-${NO_PID}-abcDEF`);
  for (const path of [left, work]) {
    mkdirSync(path);
    utimesSync(path, 0, 0);
  }
  await withFileLock(join(dir, "config", "a.conf"), async () => {
    await removeLeftovers([]);
    expect(readdirSync(temporary)).toEqual([
      expect.stringMatching(/^controlpilot-(?!0123)[\da-f]{32}\.lock$/),
    ]);
  });
  expect(readdirSync(temporary)).toEqual([]);
});
