import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freeBytes, sizeOf } from "./disk";

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "disk-"));
});

afterAll(() => rmSync(dir, { recursive: true }));

test("the room of a path that is not there yet is that of the folder it would be in", async () => {
  writeFileSync(join(dir, "file"), "");
  const { blocks, bsize } = await statfs(dir);
  for (const path of [".", "file", "absent", "absent/below/it", "file/below/it"]) {
    const free = await freeBytes(join(dir, path));
    expect(free).toBeGreaterThan(0);
    expect(free).toBeLessThan(blocks * bsize);
  }
});

test("nothing is said of the room where the system does not tell", async () => {
  expect(await freeBytes(join(dir, "x".repeat(300)))).toBeNull();
});

test("a folder is as large as the files in it and below, without what links lead to", async () => {
  mkdirSync(join(dir, "tree/a/b"), { recursive: true });
  for (const path of ["one", "a/two", "a/b/three"]) writeFileSync(join(dir, "tree", path), "12345");
  symlinkSync("/etc", join(dir, "tree/etc"));
  symlinkSync("..", join(dir, "tree/a/loop"));
  expect(await sizeOf(join(dir, "tree"))).toBe(15);
  expect(await sizeOf(join(dir, "absent"))).toBe(0);
});
