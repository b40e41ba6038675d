import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { removeLeftTempFolders, withTempFolder } from "./temp-folder";

/** No process has it: the kernel gives none so high. */
const NO_PID = 4194999;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "temp-folder-"));
  vi.stubEnv("TMPDIR", dir);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true });
  });
});

test("is gone with the work, also where that fails", async () => {
  const seen = await withTempFolder(async () => readdirSync(dir));
  expect(seen).toHaveLength(1);
  const failing = withTempFolder(async () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(readdirSync(dir)).toEqual([]);
});

test("what a killed process left is removed, what another is at work in stays", async () => {
  for (const name of [`controlpilot-work-${NO_PID}-abcDEF`, "controlpilot-1000-abcdef"])
    mkdirSync(join(dir, name, "deep"), { recursive: true });
  writeFileSync(join(dir, `controlpilot-work-${NO_PID}-abcDEF`, "half"), "");
  await withTempFolder(async (own) => {
    await removeLeftTempFolders();
    expect(readdirSync(dir).map((name) => join(dir, name))).toEqual([
      join(dir, "controlpilot-1000-abcdef"),
      own,
    ]);
  });
});
