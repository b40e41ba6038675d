import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
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

describe("editTextFile", () => {
  test("replaces the file and keeps its mode", async () => {
    chmodSync(path, 0o640);
    const before = statSync(path);
    await editTextFile(path, toTwo);
    const after = statSync(path);
    expect(readFileSync(path, "utf8")).toBe("a=2\n");
    expect(after.mode).toBe(before.mode);
    expect(after.ino).not.toBe(before.ino);
  });

  test.skipIf(!isRoot)("keeps the owner (as root only)", async () => {
    chownSync(path, 1234, 4321);
    chmodSync(path, 0o4755);
    await editTextFile(path, toTwo);
    const { uid, gid, mode } = statSync(path);
    expect([uid, gid, mode & 0o7777]).toEqual([1234, 4321, 0o4755]);
  });

  test("writes nothing where the text stays the same", async () => {
    const before = statSync(path, { bigint: true });
    await editTextFile(path, (text) => text);
    const after = statSync(path, { bigint: true });
    expect([after.ino, after.mtimeNs, after.ctimeNs]).toEqual([
      before.ino,
      before.mtimeNs,
      before.ctimeNs,
    ]);
  });

  test("keeps every byte that it does not understand", async () => {
    const bytes = Buffer.concat([Buffer.from("a=1 ü\r\n\0"), Buffer.from([0xff, 0xe9, 0x80, 10])]);
    writeFileSync(path, bytes);
    await editTextFile(path, toTwo);
    bytes[2] = "2".charCodeAt(0);
    expect(readFileSync(path)).toEqual(bytes);
  });

  test("keeps a byte order mark and letters beyond ASCII", async () => {
    writeFileSync(path, "\ufeffa=1 größe ✓ 🚀");
    await editTextFile(path, (text) => `${toTwo(text)}ß`);
    expect(readFileSync(path, "utf8")).toBe("\ufeffa=2 größe ✓ 🚀ß");
  });

  test("edits the target of a symbolic link and keeps the link", async () => {
    mkdirSync(join(folder, "links"));
    const link = join(folder, "links", "link.conf");
    symlinkSync("../supervisord.conf", link);
    await editTextFile(link, toTwo);
    expect(readFileSync(path, "utf8")).toBe("a=2\n");
    expect(realpathSync(link)).toBe(path);
  });

  test("eight edits at once all arrive", async () => {
    const additions = Array.from({ length: 8 }, (_, index) => `line ${index}\n`);
    await Promise.all(additions.map((line) => editTextFile(path, (text) => text + line)));
    expect(readFileSync(path, "utf8").split("\n").sort()).toEqual(
      ["", "a=1", ...additions.map((line) => line.trim())].sort(),
    );
  });

  test("an edit that throws changes nothing and does not hold up the next one", async () => {
    const bug = new TypeError("a bug");
    const broken = () => {
      throw bug;
    };
    await expect(editTextFile(path, broken)).rejects.toBe(bug);
    await editTextFile(path, toTwo);
    expect(readFileSync(path, "utf8")).toBe("a=2\n");
  });

  test("starts over where somebody else writes at the same moment", async () => {
    let runs = 0;
    await editTextFile(path, (text) => {
      if (runs++ === 0) writeFileSync(path, "a=1\nb=theirs\n");
      return toTwo(text);
    });
    expect(readFileSync(path, "utf8")).toBe("a=2\nb=theirs\n");
    expect(runs).toBe(2);
  });

  test("gives up where somebody else never stops writing, and leaves theirs", async () => {
    let runs = 0;
    const edit = editTextFile(path, (text) => {
      writeFileSync(path, `a=1${" ".repeat(++runs)}\n`);
      return toTwo(text);
    });
    await expect(edit).rejects.toThrow(`${path} keeps being changed by another program`);
    expect(readFileSync(path, "utf8")).toBe(`a=1${" ".repeat(runs)}\n`);
  });
});

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
