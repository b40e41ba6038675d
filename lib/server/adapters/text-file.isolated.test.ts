import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundleProgram, canMount, runProgram, runWithMounts } from "../testing/child-program";

let folder: string;
let program: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "text-file-isolated-")));
  program = join(folder, "edit.cjs");
  await bundleProgram("edit-child", program);
});

afterAll(() => rmSync(folder, { recursive: true }));

test("two processes that edit at once lose nothing of each other", async () => {
  const path = join(folder, "shared.conf");
  writeFileSync(path, "");
  const outputs = await Promise.all(
    ["left", "right"].map((word) => runProgram(program, [path, "", word, "25"])),
  );
  expect(outputs).toEqual(["done", "done"]);
  const words = readFileSync(path, "utf8").trim().split("\n").sort();
  expect(words).toEqual([...Array(25).fill("left"), ...Array(25).fill("right")]);
});

describe.skipIf(!canMount)("where mounts are in the way (needs the right to mount)", () => {
  let work: string;
  const edit = (path: string, from: string, to: string) =>
    `${process.execPath} ${program} "$PWD/${path}" "${from}" "${to}"`;

  async function run(...script: string[]): Promise<string> {
    work = mkdtempSync(join(folder, "mounts-"));
    mkdirSync(join(work, "etc"));
    writeFileSync(join(work, "etc", "a.conf"), "a=1\n");
    writeFileSync(join(work, "host.conf"), "a=1\n");
    return await runWithMounts(script.join("\n"), work);
  }
  const host = () => readFileSync(join(work, "host.conf"), "utf8");

  test("a file that is a mount point is changed in place", async () => {
    const output = await run(
      "mount --bind host.conf etc/a.conf",
      edit("etc/a.conf", "a=1", "a=two"),
      "echo; cat etc/a.conf; ls -A etc",
    );
    expect(output).toBe("done\na=two\na.conf\n");
    expect(host()).toBe("a=two\n");
  });

  test("a writable file in a read-only folder is changed in place", async () => {
    const output = await run(
      "mount --bind etc etc",
      "mount --bind host.conf etc/a.conf",
      "mount -o remount,ro,bind etc",
      edit("etc/a.conf", "a=1", ""),
    );
    expect(output).toBe("done");
    expect(host()).toBe("\n");
  });

  test("a read-only file stays as it is, and the error says so", async () => {
    const output = await run(
      "mount --bind etc etc",
      "mount -o remount,ro,bind etc",
      edit("etc/a.conf", "a=1", "a=2"),
    );
    expect(output).toBe(`AppError: ${work}/etc/a.conf is read-only here. The file is as it was.`);
  });

  test("a full disk leaves the file as it was, and no other file", async () => {
    const output = await run(
      "mount -t tmpfs -o size=16k none etc",
      "echo a=1 > etc/a.conf",
      "head -c 100000 /dev/zero > etc/big 2>/dev/null || true",
      edit("etc/a.conf", "a=1", "a=2"),
      "echo; cat etc/a.conf; ls -A etc",
    );
    expect(output).toBe(
      `AppError: The disk that holds ${work}/etc/a.conf is full: free some space and try again. The file is as it was.\na=1\na.conf\nbig\n`,
    );
  });

  test("a full disk below a mount point gets the old text back", async () => {
    const output = await run(
      "mkdir small; mount -t tmpfs -o size=16k none small",
      "{ echo a=1; head -c 4000 /dev/zero | tr '\\0' x; } > small/a.conf",
      "mount --bind small/a.conf etc/a.conf",
      "cp small/a.conf before",
      "head -c 100000 /dev/zero > small/big 2>/dev/null || true",
      edit("etc/a.conf", "x", "yyy"),
      "cmp before etc/a.conf && ls -A etc small",
    );
    expect(output).toContain(
      "etc/a.conf is full: free some space and try again. The file is as it",
    );
    expect(output).toMatch(/\.etc:\na\.conf\n\nsmall:\na\.conf\nbig\n$/);
  });
});
