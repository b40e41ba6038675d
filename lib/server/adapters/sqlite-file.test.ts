import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bundleProgram, canMount, runWithMounts } from "../testing/child-program";
import { createRunner } from "./command";
import { copyDatabase, restoreDatabase, schemaVersion } from "./sqlite-file";

const PYTHON = "/usr/bin/python3";
const isRoot = process.getuid?.() === 0;
const run = createRunner({ timeoutMs: 20_000 });

let home: string;
let dir: string;
let file: string;
let copy: string;
let kept: string;
const writers: ChildProcess[] = [];

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "sqlite-file-")));
});

afterAll(() => rmSync(home, { recursive: true }));

beforeEach(() => {
  dir = mkdtempSync(join(home, "work "));
  file = join(dir, "invokeai 100%?#.db");
  copy = join(dir, "copies", "invokeai.db");
  kept = `${file}.before-job`;
  mkdirSync(join(dir, "copies"));
});

afterEach(() => {
  for (const writer of writers.splice(0)) writer.kill("SIGKILL");
});

function python(script: string, ...args: string[]): string {
  return execFileSync(PYTHON, ["-c", `import sqlite3, sys\n${script}`, ...args], {
    encoding: "utf8",
  }).trim();
}

function create(path: string, { version = 1, journal = "wal" } = {}) {
  python(
    `db = sqlite3.connect(sys.argv[1])
db.execute("PRAGMA journal_mode=${journal}")
db.execute("CREATE TABLE migrations (version INTEGER PRIMARY KEY)")
db.execute("CREATE TABLE pairs (a INTEGER, b TEXT)")
db.execute("INSERT INTO migrations VALUES (?)", [${version}])
db.commit()`,
    path,
  );
}

/** Rows of `pairs`, of which a writer makes two at a time; read without a trace. */
function countRows(path: string): number {
  const script = `db = sqlite3.connect(sys.argv[1])
assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
print(db.execute("SELECT COUNT(*) FROM pairs").fetchone()[0])`;
  return Number(python(script, path));
}

/** Runs Python with `db` open, until it is killed; answers once it has said a line. */
async function write(path: string, script: string): Promise<ChildProcess> {
  const program = `import sqlite3, sys, time\ndb = sqlite3.connect(sys.argv[1])\n${script}`;
  const child = spawn(PYTHON, ["-u", "-c", program, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  writers.push(child);
  await once(createInterface(child.stdout), "line");
  return child;
}

async function kill(child: ChildProcess) {
  child.kill("SIGKILL");
  await once(child, "exit");
}

const WRITE_PAIRS = `
while True:
    with db:
        for _ in range(2):
            db.execute("INSERT INTO pairs VALUES (1, ?)", ["x" * 2000])
    print("written")
`;

/** Leaves rows that are in no file but the log beside it. */
async function writeAndKill(path: string, rows: number) {
  const insert = `with db:
    for _ in range(${rows}): db.execute("INSERT INTO pairs VALUES (1, 'y')")
print("written")
time.sleep(60)`;
  await kill(await write(path, insert));
}

describe("a copy", () => {
  const whole = "is whole while somebody writes (%s)";
  // A copy begins anew whenever somebody has written meanwhile: with busy cores that is often.
  test.each(["wal", "delete"])(whole, { timeout: 90_000 }, async (journal) => {
    create(file, { journal });
    await write(file, WRITE_PAIRS);
    const counts: number[] = [];
    for (let round = 0; round < 8; round++) {
      await copyDatabase(run, PYTHON, file, copy);
      counts.push(countRows(copy));
    }
    for (const count of counts) expect(count % 2).toBe(0);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBeGreaterThan(0);
  });

  test("has what is not in the file yet", async () => {
    create(file);
    await writeAndKill(file, 6);
    await copyDatabase(run, PYTHON, file, copy);
    rmSync(`${copy}-wal`, { force: true });
    expect(countRows(copy)).toBe(6);
  });

  test("leaves what it copies as it is", async () => {
    create(file);
    await writeAndKill(file, 6);
    const before = [file, `${file}-wal`].map((path) => readFileSync(path));
    await copyDatabase(run, PYTHON, file, copy);
    expect([file, `${file}-wal`].map((path) => readFileSync(path))).toEqual(before);
  });

  test("has nothing of a change whose writer was killed in the middle", async () => {
    create(file, { journal: "delete" });
    const writer = await write(
      file,
      `db.execute("PRAGMA cache_size=1")
for _ in range(2000): db.execute("INSERT INTO pairs VALUES (1, ?)", ["x" * 2000])
print("half")
time.sleep(60)`,
    );
    await kill(writer);
    expect(statSync(`${file}-journal`).size).toBeGreaterThan(0);
    await copyDatabase(run, PYTHON, file, copy);
    expect(countRows(copy)).toBe(0);
  });

  test("takes the place of the one before, or leaves it", async () => {
    create(file, { version: 2 });
    await copyDatabase(run, PYTHON, file, copy);
    writeFileSync(`${copy}.tmp`, "left by one that was killed");
    writeFileSync(file, "no database".repeat(1000));
    await expect(copyDatabase(run, PYTHON, file, copy)).rejects.toMatchObject({
      code: "conflict",
      message: `${file} cannot be copied: file is not a database.`,
    });
    expect(readdirSync(join(dir, "copies"))).toEqual(["invokeai.db"]);
    expect(await schemaVersion(run, PYTHON, copy)).toBe(2);
  });

  test("needs a database and a Python", async () => {
    await expect(copyDatabase(run, PYTHON, file, copy)).rejects.toMatchObject({
      code: "conflict",
      message: `${file} cannot be copied: unable to open database file.`,
    });
    expect(existsSync(file)).toBe(false);
    create(file);
    await expect(copyDatabase(run, "/nowhere/python", file, copy)).rejects.toMatchObject({
      code: "unavailable",
    });
  });
});

describe("the version of a schema", () => {
  test("is that of the newest migration, also of one that only the log has", async () => {
    create(file, { version: 7 });
    expect(await schemaVersion(run, PYTHON, file)).toBe(7);
    await kill(
      await write(
        file,
        `with db: db.execute("INSERT INTO migrations VALUES (40)")
print("written")
time.sleep(60)`,
      ),
    );
    expect(await schemaVersion(run, PYTHON, file)).toBe(40);
  });

  test.each([
    ["no database", () => writeFileSync(file, "text".repeat(1000))],
    ["an empty file", () => writeFileSync(file, "")],
    [
      "a database of something else",
      () => python("sqlite3.connect(sys.argv[1]).execute('CREATE TABLE a (b)')", file),
    ],
    [
      "one without a migration",
      () => {
        create(file);
        python(
          "db = sqlite3.connect(sys.argv[1])\nwith db: db.execute('DELETE FROM migrations')",
          file,
        );
      },
    ],
  ])("is not known of %s", async (_, make) => {
    make();
    expect(await schemaVersion(run, PYTHON, file)).toBeNull();
  });

  test("cannot be read where there is no file", async () => {
    await expect(schemaVersion(run, PYTHON, file)).rejects.toMatchObject({
      code: "conflict",
      message: `The schema of ${file} cannot be read: unable to open database file.`,
    });
  });
});

describe("putting a copy back", () => {
  let program: string;

  beforeAll(async () => {
    program = join(home, "killed-change.cjs");
    await bundleProgram("killed-change", program);
  });

  /** The copy has version 1 and no rows; what took its place has version 2, and rows in its log. */
  async function prepare() {
    for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true });
    mkdirSync(join(dir, "copies"));
    create(copy);
    create(file, { version: 2 });
    await writeAndKill(file, 4);
  }

  async function expectRestored() {
    expect(
      readdirSync(dir)
        .filter((name) => !/^invokeai 100%\?#\.db\.before-job(-wal)?$/.test(name))
        .sort(),
    ).toEqual(["copies", "invokeai 100%?#.db"]);
    expect(readFileSync(file)).toEqual(readFileSync(copy));
    expect(await schemaVersion(run, PYTHON, file)).toBe(1);
    expect(await schemaVersion(run, PYTHON, kept)).toBe(2);
    expect(countRows(kept)).toBe(4);
  }

  test("keeps what was there, with what only its log had", async () => {
    await prepare();
    await restoreDatabase(copy, file, kept);
    await expectRestored();
  });

  test("keeps each one that is replaced", async () => {
    await prepare();
    for (let round = 0; round < 3; round++) await restoreDatabase(copy, file, kept);
    expect(
      readdirSync(dir)
        .filter((name) => name.includes("before") && !name.endsWith("-wal"))
        .sort(),
    ).toEqual(["", "-2", "-3"].map((suffix) => `invokeai 100%?#.db.before-job${suffix}`));
    expect(countRows(kept)).toBe(4);
  });

  test("works where there is none, and keeps nothing then", async () => {
    create(copy);
    await restoreDatabase(copy, join(dir, "gone", "invokeai.db"), join(dir, "gone", "before"));
    expect(readdirSync(join(dir, "gone"))).toEqual(["invokeai.db"]);
  });

  test("keeps the rights, and a link that leads to it", async () => {
    await prepare();
    chmodSync(file, 0o640);
    chmodSync(copy, 0o600);
    const link = join(dir, "link.db");
    symlinkSync(file, link);
    await restoreDatabase(copy, link, kept);
    rmSync(link);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    await expectRestored();
  });

  test.skipIf(!isRoot)("does without giving it an owner that only root could", async () => {
    await prepare();
    chmodSync(file, 0o664);
    for (const path of [home, dir, join(dir, "copies"), copy]) chmodSync(path, 0o777);
    const args = [program, "restoreDatabase", "0", copy, file, kept];
    const nobody = { uid: 65_534, gid: 65_534, encoding: "utf8" } as const;
    expect(spawnSync(process.execPath, args, nobody).stdout).toBe("done");
    const { uid, mode } = statSync(file);
    expect([uid, mode & 0o777]).toEqual([65_534, 0o664]);
    await expectRestored();
  });

  test("can be killed at any step, and done again", async () => {
    for (let step = 1; ; step++) {
      await prepare();
      const args = [program, "restoreDatabase", `${step}`, copy, file, kept];
      const { signal, stdout } = spawnSync(process.execPath, args, { encoding: "utf8" });
      if (signal === null) {
        expect(stdout).toBe("done");
        expect(step).toBeGreaterThan(6);
        return;
      }
      // As an update asks before it does it again: what is there is the old whole, the new whole, or nothing.
      const version = existsSync(file) ? await schemaVersion(run, PYTHON, file) : null;
      if (version === 2) expect(countRows(file)).toBe(4);
      if (version !== 1) await restoreDatabase(copy, file, kept);
      await expectRestored();
    }
  }, 60_000);

  test("says that there is no copy, and changes nothing", async () => {
    await prepare();
    rmSync(copy);
    const before = readdirSync(dir);
    await expect(restoreDatabase(copy, file, kept)).rejects.toMatchObject({ code: "conflict" });
    expect(readdirSync(dir)).toEqual(before);
  });

  test.skipIf(!canMount)("changes nothing on a full disk", async () => {
    const disk = join(dir, "disk");
    mkdirSync(disk);
    create(copy);
    const answer = await runWithMounts(
      `mount -t tmpfs -o size=64k none disk
echo database > disk/a.db
dd if=/dev/zero of=disk/big bs=1k count=50 2> dd.log
${process.execPath} ${program} restoreDatabase 0 "$PWD/copies/invokeai.db" "$PWD/disk/a.db" "$PWD/disk/kept"
echo; ls disk; cat disk/a.db`,
      dir,
    );
    expect(answer).toBe(
      `AppError: The disk that holds ${disk}/a.db is full: free some space and try again. The file is as it was.
a.db
big
database
`,
    );
  });
});
