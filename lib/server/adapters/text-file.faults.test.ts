import { createHash } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../errors";
import { editTextFile } from "./text-file";

const isRoot = process.getuid?.() === 0;
let folder: string;
let path: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "text-file-")));
  path = join(folder, "supervisord.conf");
  writeFileSync(path, "a=1\n");
});

afterEach(() => {
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  rmSync(folder, { recursive: true });
});

const toTwo = (text: string) => text.replace("1", "2");

describe("a missing file", () => {
  test("is an error that names it", async () => {
    const missing = join(folder, "no", "such.conf");
    await expect(editTextFile(missing, toTwo)).rejects.toThrow(
      new AppError("conflict", `There is no ${missing}. The file is as it was.`),
    );
  });

  test("is created, with its folder, where that is asked for", async () => {
    const fresh = join(folder, "config", "deep", "choices.toml");
    await editTextFile(fresh, (text) => `${text}x = 1\n`, { create: true });
    expect(readFileSync(fresh, "utf8")).toBe("x = 1\n");
    expect(statSync(fresh).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  test("is not created for nothing", async () => {
    await editTextFile(join(folder, "empty.toml"), (text) => text, { create: true });
    expect(readdirSync(folder)).toEqual(["supervisord.conf"]);
  });

  test("created by two at once holds what both wrote", async () => {
    const fresh = join(folder, "choices.toml");
    const add = (line: string) => editTextFile(fresh, (text) => text + line, { create: true });
    await Promise.all([add("x\n"), add("y\n")]);
    expect(readFileSync(fresh, "utf8").split("\n").sort()).toEqual(["", "x", "y"]);
  });
});

describe("faults", () => {
  test("a folder is no file", async () => {
    await expect(editTextFile(folder, toTwo)).rejects.toThrow(`${folder} is a folder, not a file.`);
  });

  test.skipIf(isRoot)(
    "a folder that takes no new file: the content is changed in place",
    async () => {
      const inode = statSync(path).ino;
      chmodSync(folder, 0o555);
      await editTextFile(path, toTwo).finally(() => chmodSync(folder, 0o755));
      expect(readFileSync(path, "utf8")).toBe("a=2\n");
      expect(statSync(path).ino).toBe(inode);
    },
  );

  test("a lock that a killed program left behind is taken over", async () => {
    const name = createHash("sha256").update(path).digest("hex").slice(0, 32);
    const lock = join(tmpdir(), `controlpilot-${name}.lock`);
    mkdirSync(lock);
    utimesSync(lock, 1, 1);
    await editTextFile(path, toTwo);
    expect(readFileSync(path, "utf8")).toBe("a=2\n");
  });
});
