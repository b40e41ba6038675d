import { lstatSync, readdirSync, readlinkSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "@/lib/server/testing/wait-for";
import { Machine, SCRIPTS, which } from "./testing/launchers";

const UI = "repos/ai-toolkit/ui";
const OWN = "repos/ai-toolkit/aitk_db.db";
const KEPT = "workspace/config/ai-toolkit/aitk_db.db";

let machine: Machine;

beforeEach(() => {
  machine = new Machine();
  symlinkSync(realpathSync(which("npm")), machine.path("tools/npm"));
  machine.write(`${UI}/.next/BUILD_ID`, "1");
  // Where upstream looks: its schema names no other place.
  machine.write(
    `${UI}/update.py`,
    `import sqlite3
with sqlite3.connect("../aitk_db.db") as db:
    db.execute("CREATE TABLE IF NOT EXISTS Settings (key TEXT UNIQUE, value TEXT)")
print("updated")`,
  );
  scripts({});
});

afterEach(() => machine.remove());

/** Of the app's package.json; `start` has the port in it, as upstream has. */
function scripts(other: Record<string, string>): void {
  const update_db = "python3 update.py";
  const start = `sh -c "echo listens --port 8675 && env"`;
  machine.write(`${UI}/package.json`, JSON.stringify({ scripts: { update_db, start, ...other } }));
}

const run = (extra: Record<string, string> = {}) =>
  machine.command("ai-toolkit", { npm_config_update_notifier: "false", ...extra });

/** The rows of a query on a database. */
function query(path: string, sql: string): unknown[][] {
  const script = `import json, sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db: print(json.dumps(db.execute(sys.argv[2]).fetchall()))`;
  const file = machine.write("query.py", script);
  const { lines } = machine.script(`python3 ${file} ${machine.path(path)} "${sql}"`);
  return JSON.parse(lines[0] ?? "");
}

/** A database as the app leaves it when it is killed: the last row is not in the file itself yet. */
function leaveDatabase(path: string, row: string): void {
  const script = `import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("CREATE TABLE Settings (key TEXT UNIQUE, value TEXT)")
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
db.execute("INSERT INTO Settings VALUES (?, ?)", ("TRAINING_FOLDER", sys.argv[2]))
os._exit(0)`;
  machine.write(path, "");
  machine.script(`python3 ${machine.write("leave.py", script)} ${machine.path(path)} ${row}`);
}

describe("AI Toolkit", () => {
  it("updates its database, then runs its UI on the port that is set", () => {
    const { code, lines, env, stderr } = run({ AI_TOOLKIT_PORT: "18675" });
    expect([code, stderr]).toEqual([0, ""]);
    expect(lines.filter((line) => /^(updated|listens)/.test(line))).toEqual([
      "updated",
      "listens --port 18675",
    ]);
    expect(env).toMatchObject({ PORT: "18675", NODE_ENV: "production" });
    expect(env.PWD).toBe(machine.path(UI));
  });

  it.each([
    ["next start -p 8675", "next start -p 18675"],
    ["next start --port=8675 -H 0.0.0.0", "next start --port=18675 -H 0.0.0.0"],
    ["next start", "next start"],
  ])("finds the port in %s", (start, expected) => {
    scripts({ start: `echo ${start}` });
    expect(run({ AI_TOOLKIT_PORT: "18675" }).lines).toContain(expected);
  });

  it("listens on this machine alone in local mode", () => {
    scripts({ start: `sh -c "echo node worker & echo next start --port 8675"` });
    expect(run({ SERVICE_HOST: "127.0.0.1" }).lines).toContain(
      "next start --hostname 127.0.0.1 --port 8675",
    );
  });

  it("starts where its database cannot be updated, which says why", () => {
    scripts({ update_db: "echo out of order >&2; exit 3" });
    const { lines, stderr } = run();
    expect(stderr).toContain("out of order");
    expect(lines).toContain("listens --port 8675");
  });

  it("keeps its database in the workspace, wherever its version looks for it", () => {
    const { env } = run();
    expect(readlinkSync(machine.path(OWN))).toBe(machine.path(KEPT));
    expect(env.DATABASE_URL).toBe(`file:${machine.path(KEPT)}`);
    expect(query(KEPT, "SELECT count(*) FROM Settings")).toEqual([[3]]);
    expect(run({ AI_TOOLKIT_DB_PATH: machine.path("other/db") }).env.DATABASE_URL).toBe(
      `file:${machine.path("other/db")}`,
    );
    expect(readlinkSync(machine.path(OWN))).toBe(machine.path("other/db"));
  });

  it("takes over a database of the checkout, whole", () => {
    leaveDatabase(OWN, "mine");
    expect(machine.has(`${OWN}-wal`)).toBe(true);
    run();
    const sql = "SELECT value FROM Settings WHERE key = 'TRAINING_FOLDER'";
    expect(query(KEPT, sql)).toEqual([["mine"]]);
    expect(lstatSync(machine.path(OWN)).isSymbolicLink()).toBe(true);
    expect(machine.has(`${OWN}-wal`)).toBe(false);
  });

  it("loses neither where there are two databases", () => {
    leaveDatabase(OWN, "found");
    leaveDatabase(KEPT, "kept");
    run();
    const sql = "SELECT value FROM Settings WHERE key = 'TRAINING_FOLDER'";
    expect(query(KEPT, sql)).toEqual([["kept"]]);
    const folder = "workspace/config/ai-toolkit";
    const found = readdirSync(machine.path(folder)).find((name) => /found-\d+$/.test(name));
    expect(query(`${folder}/${found}`, sql)).toEqual([["found"]]);
  });

  it("keeps its results in the workspace, unless the user has chosen otherwise", () => {
    leaveDatabase(KEPT, "chosen");
    run();
    expect(query(KEPT, "SELECT key, value FROM Settings ORDER BY key")).toEqual([
      ["DATASETS_FOLDER", `${machine.workspace}/datasets`],
      ["MODELS_PATH", `${machine.workspace}/models`],
      ["TRAINING_FOLDER", "chosen"],
    ]);
  });

  it("starts, and says what may be lost, where the workspace takes nothing", () => {
    const file = machine.write("a-file", "");
    const { lines, stderr } = run({ WORKSPACE_ROOT: file });
    expect(lines).toContain("listens --port 8675");
    expect(stderr).toContain(
      `AI Toolkit may lose its jobs with the container: its database cannot be kept in ${file}/config/ai-toolkit/aitk_db.db.`,
    );
  });

  it("waits for the update that holds it", async () => {
    machine.write("run/hold/ai-toolkit", String(process.pid));
    const { child, said, ended } = machine.start(["-c", machine.commandLine("ai-toolkit")]);
    await waitFor(() => said().includes("ai-toolkit waits for the update"));
    child.kill("SIGTERM");
    expect(await ended).toEqual([null, "SIGTERM"]);
    expect(machine.has(OWN)).toBe(false);
  });
});

describe("AI Toolkit where it cannot run", () => {
  beforeEach(() => {
    rmSync(machine.path("tools/sleep"));
    machine.fake("tools/sleep", '#!/bin/bash\necho "slept $1"\n');
  });

  it("ends well, and late enough not to count as a failed start", () => {
    rmSync(machine.path(UI), { recursive: true });
    const { code, stderr, lines } = run();
    const path = machine.path(UI, ".next/BUILD_ID");
    expect(stderr.trim()).toBe(`AI Toolkit is not installed: no program at ${path}.`);
    expect([code, lines[0]]).toEqual([0, "slept 6"]);
  });

  it("does so without npm too", () => {
    rmSync(machine.path("tools/npm"));
    // Not as a login shell, which would look in the folders of this machine.
    const { code, stderr, lines } = machine.script(`. ${SCRIPTS}/ai-toolkit.sh`);
    expect(stderr.trim()).toBe(
      "AI Toolkit cannot be started: there is no node, or no npm, on PATH.",
    );
    expect([code, lines[0]]).toEqual([0, "slept 6"]);
  });
});
