import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { testFolder } from "../testing/test-folder";
import { removeLeftTemporaries, withTemporaryFile } from "./temporary-file";

/** No process has it: the kernel gives none so high. */
const NO_PID = 4194999;
const UUID = "6f1c1c1e-1111-4222-8333-444455556666";

let folder: string;

beforeEach(() => {
  folder = testFolder("temporary-file");
});

test("is its owner's alone, and gone with the work, also where that fails", async () => {
  const mode = await withTemporaryFile(folder, async (_, path) => statSync(path).mode & 0o777);
  expect(mode).toBe(0o600);
  const failing = withTemporaryFile(folder, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(readdirSync(folder)).toEqual([]);
});

test("what is left of a killed process goes; that of one at work, and what is not ours, stays", async () => {
  const others = [`.controlpilot-${NO_PID}-${UUID}.tmp.mine`, `controlpilot-${NO_PID}-${UUID}.tmp`];
  for (const name of [...others, `.controlpilot-${NO_PID}-${UUID}.tmp`])
    writeFileSync(join(folder, name), "");
  await withTemporaryFile(folder, async (_, path) => {
    await removeLeftTemporaries(folder);
    expect(existsSync(path)).toBe(true);
  });
  expect(readdirSync(folder).toSorted()).toEqual(others.toSorted());
});

test("one that is older than any write goes, whoever has the number of its process now", async () => {
  const path = join(folder, `.controlpilot-${process.pid}-${UUID}.tmp`);
  writeFileSync(path, "");
  const anHourAgo = Date.now() / 1000 - 3600;
  utimesSync(path, anHourAgo, anHourAgo);
  await removeLeftTemporaries(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test("a folder that is not there has none", async () => {
  await expect(removeLeftTemporaries(join(folder, "none"))).resolves.toBeUndefined();
});
