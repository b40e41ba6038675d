import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { bundleProgram, canMount } from "../testing/child-program";
import { FILE_WRITERS } from "../testing/file-writers";
import { mountAlone, mountReadOnly, mountSmallDisk } from "../testing/small-disk";

const NOBODY = { uid: 65_534, gid: 65_534 };

let folder: string;
let program: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "file-writers-")));
  chmodSync(folder, 0o755);
  program = join(folder, "killed-write.cjs");
  await bundleProgram("killed-write", program);
});

afterAll(() => rmSync(folder, { recursive: true }));

type RunOptions = { killAt?: number; uid?: number; gid?: number };

/** What a program says that writes the file on its own; nothing where it was killed. */
async function runWrite(name: string, dir: string, { killAt = 0, ...owner }: RunOptions = {}) {
  const temporary = mkdtempSync(join(folder, "tmp-"));
  chmodSync(temporary, 0o777);
  // The lock of one that was killed would be waited for.
  const options = { ...owner, env: { ...process.env, TMPDIR: temporary } };
  return promisify(execFile)(process.execPath, [program, name, dir, `${killAt}`], options).then(
    ({ stdout }) => stdout,
    ({ signal, stderr }) => (signal === "SIGKILL" ? "" : stderr),
  );
}

describe.each(Object.entries(FILE_WRITERS))("%s", (name, { file, isAppended, write }) => {
  async function start(label: string) {
    const dir = mkdtempSync(join(folder, `${label}-`));
    chmodSync(dir, 0o755);
    await write(dir, 0);
    const path = join(dir, file);
    return { dir, path, before: readFileSync(path, "utf8") };
  }

  function copyOf(dir: string, label: string): string {
    const copy = `${dir}-${label}`;
    cpSync(dir, copy, { recursive: true, preserveTimestamps: true });
    return copy;
  }

  async function changed(dir: string): Promise<string> {
    const copy = copyOf(dir, "changed");
    await write(copy, 1);
    return readFileSync(join(copy, file), "utf8");
  }

  const filesIn = (dir: string) =>
    readdirSync(dir, { recursive: true, encoding: "utf8" }).toSorted();

  async function expectRefusal(path: string, sentence: string, work: () => Promise<void>) {
    const before = readFileSync(path, "utf8");
    await expect(work()).rejects.toMatchObject({
      code: "conflict",
      message: `${sentence} The file is as it was.`,
    });
    expect(readFileSync(path, "utf8")).toBe(before);
  }

  test("killed at any step it is the old one or the new one, and the next write tidies up", async () => {
    const { dir: origin, before } = await start("killed");
    const after = await changed(origin);
    const files = filesIn(origin);
    const end = isAppended ? `\n${after.slice(before.length)}` : after;

    async function killAndMend(killAt: number): Promise<void> {
      const dir = copyOf(origin, `${killAt}`);
      expect(await runWrite(name, dir, { killAt })).toBe("");
      const left = readFileSync(join(dir, file), "utf8");
      if (isAppended) expect(left.startsWith(before)).toBe(true);
      else expect([before, after]).toContain(left);

      await write(dir, 1);
      const mended = readFileSync(join(dir, file), "utf8");
      expect(mended.startsWith(isAppended ? before : after)).toBe(true);
      expect(mended.endsWith(end)).toBe(true);
      expect(filesIn(dir)).toEqual(files);
    }

    const said = await runWrite(name, copyOf(origin, "whole"));
    const steps = Number(/^done after (\d+)$/.exec(said)?.[1]);
    expect(steps).toBeGreaterThan(3);
    await Promise.all(Array.from({ length: steps }, (_, at) => killAndMend(at + 1)));
  }, 60_000);

  describe.skipIf(!canMount)("where the disk is in the way (needs the right to mount)", () => {
    test("a full disk leaves it as it was and is named, and once there is room it goes on", async () => {
      const { dir, path } = await start("full");
      const after = await changed(dir);
      const disk = mountSmallDisk(dir);
      onTestFinished(() => void disk.unmount());
      const files = filesIn(dir);
      disk.fill();
      const sentence = `The disk that holds ${path} is full: free some space and try again.`;
      await expectRefusal(path, sentence, () => write(dir, 1));
      expect(filesIn(dir)).toEqual(files);
      disk.free();
      await write(dir, 1);
      expect(readFileSync(path, "utf8")).toBe(after);
    });

    test("a read-only disk leaves it as it was and is named", async () => {
      const { dir, path } = await start("read-only");
      onTestFinished(mountReadOnly(dir));
      await expectRefusal(path, `${path} is read-only here.`, () => write(dir, 1));
    });

    test("a file that is a mount is changed in place", async () => {
      const { dir, path } = await start("mounted");
      const after = await changed(dir);
      const files = filesIn(dir);
      const { ino } = statSync(path);
      onTestFinished(mountAlone(path));
      await write(dir, 1);
      expect(readFileSync(path, "utf8")).toBe(after);
      expect(statSync(path).ino).toBe(ino);
      expect(filesIn(dir)).toEqual(files);
    });
  });

  test.skipIf(process.getuid?.() !== 0)(
    "a lost right leaves it as it was and is named",
    async () => {
      const { dir, path, before } = await start("forbidden");
      const said = await runWrite(name, dir, NOBODY);
      expect(said).toContain(`AppError: ControlPilot has no permission for ${path}: give its user`);
      expect(readFileSync(path, "utf8")).toBe(before);
    },
  );
});
