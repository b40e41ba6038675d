import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordedSize, sizeOfFiles } from "./file-sizes";

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "file-sizes-"));
});

afterAll(() => rmSync(dir, { recursive: true }));

test("counts files, and neither folders, links nor what is not there", async () => {
  mkdirSync(join(dir, "folder"));
  symlinkSync("/etc/passwd", join(dir, "link"));
  const names = Array.from({ length: 150 }, (_, index) => `file ${index}`);
  for (const name of names) writeFileSync(join(dir, name), "12345");
  expect(await sizeOfFiles(dir, [...names, "folder", "link", "absent"])).toBe(750);
});

test("a package's size is what its RECORD adds up to", async () => {
  const record = [
    "pkg/__init__.py,sha256=abc,120",
    '"pkg/a,b.py",sha256=def,1000',
    "pkg/__pycache__/x.pyc,,",
    "pkg-1.0.dist-info/RECORD,,\r",
  ].join("\n");
  writeFileSync(join(dir, "RECORD"), record);
  expect(await recordedSize(dir)).toBe(1120);
  expect(await recordedSize(join(dir, "absent"))).toBe(0);
});
