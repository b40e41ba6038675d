import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { bringFolder, removeFolder } from "./folder-move";

const SHARED_MEMORY = "/dev/shm";

let home: string;
let dir: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "folder-move-"));
});

afterAll(() => rmSync(home, { recursive: true }));

beforeEach(() => {
  dir = mkdtempSync(join(home, "work-"));
  mkdirSync(join(dir, "from/sub"), { recursive: true });
  writeFileSync(join(dir, "from/sub/run.sh"), "#!/bin/sh", { mode: 0o755 });
  utimesSync(join(dir, "from/sub/run.sh"), 1_700_000_000, 1_700_000_000);
  symlinkSync("sub/run.sh", join(dir, "from/link"));
});

function expectWhole(folder: string) {
  const script = lstatSync(join(folder, "sub/run.sh"));
  expect(script.mode & 0o777).toBe(0o755);
  expect(script.mtimeMs).toBe(1_700_000_000_000);
  expect(readlinkSync(join(folder, "link"))).toBe("sub/run.sh");
  expect(readFileSync(join(folder, "link"), "utf8")).toBe("#!/bin/sh");
}

test("on one disk a folder is renamed", async () => {
  const [from, to] = [join(dir, "from"), join(dir, "to")];
  const { ino } = lstatSync(from);
  await bringFolder(from, to);
  expect(lstatSync(to).ino).toBe(ino);
  expect(existsSync(from)).toBe(false);
  expectWhole(to);
});

test("a name that is taken is left alone", async () => {
  mkdirSync(join(dir, "to/other"), { recursive: true });
  await expect(bringFolder(join(dir, "from"), join(dir, "to"))).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining(`${join(dir, "from")} cannot be moved.`),
  });
  expectWhole(join(dir, "from"));
  expect(readdirSync(join(dir, "to"))).toEqual(["other"]);
});

test("removes what a copy that was killed has left", async () => {
  mkdirSync(join(dir, "to.tmp"));
  await removeFolder(join(dir, "to"));
  expect(readdirSync(dir)).toEqual(["from"]);
});

const isOtherDisk =
  existsSync(SHARED_MEMORY) && statSync(SHARED_MEMORY).dev !== statSync(tmpdir()).dev;

test.skipIf(!isOtherDisk)(
  "across disks it is copied as it is, over what a killed copy left",
  async () => {
    const disk = mkdtempSync(join(SHARED_MEMORY, "folder-move-"));
    try {
      const to = join(disk, "to");
      mkdirSync(`${to}.tmp/rest`, { recursive: true });
      await bringFolder(join(dir, "from"), to);
      expectWhole(to);
      expect(readdirSync(to).sort()).toEqual(["link", "sub"]);
      expect(readdirSync(disk)).toEqual(["to"]);
      expectWhole(join(dir, "from"));
    } finally {
      rmSync(disk, { recursive: true });
    }
  },
);
