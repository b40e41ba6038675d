import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ActivityEntry } from "@/lib/contract/activity";
import { damaged, forAllSoon, textOf } from "@/lib/testing/fuzz";
import { createActivity } from "./activity";
import { type AccessRecord, createAccessFile } from "./adapters/access-file";
import { createAuditLog } from "./adapters/audit-log";
import { createAutostartChoices } from "./adapters/autostart-choices";
import { createBootNotes } from "./adapters/boot-notes";
import { createJobStore } from "./adapters/job-store";
import { readLastLines } from "./adapters/last-lines";
import { readMainLog } from "./adapters/main-log";
import { readSecretValues } from "./adapters/secret-values";
import { createSupervisorConf } from "./adapters/supervisor-conf";
import { createUpdateAudit } from "./adapters/update-audit";
import { createUpdatesConfig } from "./adapters/updates-config";
import { AppError } from "./errors";
import { AUDIT_ENTRY } from "./testing/audit-entry";
import { testFolder } from "./testing/test-folder";
import { JobRecord, newRecord, toUpdateJob } from "./update-record";

const ID = "20261123T101500-abc123";
const HASH = "a".repeat(43);
const AT = "2026-02-11T10:00:00.000Z";
const CLAIM = { id: "x", hash: HASH, created_at: AT, last_used_at: AT };
const ACCESS = {
  password: null,
  opened_with: `scrypt$32768$8$1$${"a".repeat(22)}$${HASH}`,
  sessions: [{ ...CLAIM, address: "::1", browser: "curl" }],
  tokens: [{ ...CLAIM, name: "nightly", scope: "read" }],
  meant: true,
} satisfies AccessRecord;
const REQUEST = { target: null, keepEdits: false, policy: null, rollbackTo: null };
const RECORD = newRecord(
  {
    id: ID,
    name: "comfy",
    display: "Comfy UI",
    kind: "git",
    trigger: "user",
    actor: "anyone",
    request: REQUEST,
    mends: false,
  },
  0,
);
const ACTIVITY = {
  id: "x",
  time: AT,
  actor: "anyone",
  address: "::1",
  action: "log.clear",
  target: "comfy",
  result: "ok",
} satisfies ActivityEntry;
const toml = textOf(
  ...["[services.comfy]\n", "[services]\n", "enabled = true\n", "auto_update = ", "autostart = "],
  ...["true\n", '"x"\n', "target_ref = ", "[[services]]\n", "#", "services = 1\n", "1\n"],
);
const conf = textOf(
  ...["[program:a]\n", "[include]\nfiles=*.conf\n", "command=%(", "ENV_X)s", "\n", "numprocs=99"],
  ...["[group:g]\nprograms=a,b\n", "autostart=", "maybe", "stdout_logfile=AUTO", "process_name=%("],
);
const log = textOf(
  ...["2026-02-11 10:00:00,123 INFO ", "spawned: 'a' with pid 12", "\n", "\r", "\x1b[31m", "\xff"],
);
const lines = (line: fc.Arbitrary<string>) =>
  fc.array(fc.oneof(line, log), { maxLength: 6 }).map((all) => all.join("\n"));

type File = { name: string; text: fc.Arbitrary<string>; read: (path: string) => Promise<unknown> };

/** Each as it is read, with what it leads to. */
const FILES: Record<string, File> = {
  "who may come in": {
    name: "access.json",
    text: damaged(ACCESS),
    read: (path) => createAccessFile(path).read(),
  },
  "the record of a job": {
    name: `comfy/${ID}/job.json`,
    text: damaged(RECORD),
    async read(path) {
      const store = createJobStore(join(dirname(path), "../.."), JobRecord);
      await store.listUnreadable("comfy");
      for (const record of await store.listAll())
        toUpdateJob(record, { lines: [], lastLine: "", size: 0, path });
      return store.read("comfy", ID);
    },
  },
  "the history of updates": {
    name: "rollback.jsonl",
    text: lines(damaged(AUDIT_ENTRY)),
    read: (path) => createUpdateAudit(path).read({ limit: 50 }),
  },
  "what was done by whom": {
    name: "audit.jsonl",
    text: lines(damaged(ACTIVITY)),
    read(path) {
      const deps = { displayOf: (name: string) => name, report: () => {} };
      const activity = createActivity({ log: createAuditLog(path), ...deps });
      return activity.list({ limit: 50, q: "com" }, new AbortController().signal);
    },
  },
  "what the boot does": {
    name: "service-updates.toml",
    text: toml,
    read: (path) => createUpdatesConfig(path).read(),
  },
  "who starts with the machine": {
    name: "service-autostart.toml",
    text: toml,
    read: (path) => createAutostartChoices(path).read(),
  },
  "supervisor's config": {
    name: "supervisord.conf",
    text: conf,
    read: (path) => createSupervisorConf(path, {}).read(),
  },
  "the secrets": {
    name: "secrets.env",
    text: textOf("export ", "A=", "'", '"', "$(", ")", "\\", "\n", "#", "\0"),
    read: (path) => readSecretValues(path, {}),
  },
  "what went wrong at the boot": {
    name: "boot-problems",
    text: log,
    read: (path) => createBootNotes(dirname(path)).read(),
  },
  "supervisord's main log": {
    name: "supervisord.log",
    text: log,
    read: (path) => all(readMainLog(path, new AbortController().signal)),
  },
  "the last lines of a log": { name: "a.log", text: log, read: readLastLines },
};

test.each(Object.entries(FILES))(
  "%s may stand there as any text, and stays",
  async (_, file) => {
    const dir = testFolder("records");
    const path = join(dir, file.name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "");
    const before = readdirSync(dir, { recursive: true });
    await forAllSoon(file.text, async (text) => {
      writeFileSync(path, text);
      await file.read(path).catch((error: unknown) => {
        // Only what is said to people.
        if (!(error instanceof AppError)) throw error;
      });
      expect(readFileSync(path, "utf8")).toBe(Buffer.from(text).toString());
      expect(readdirSync(dir, { recursive: true })).toEqual(before);
    });
  },
  120_000,
);

async function all<T>(some: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of some) found.push(one);
  return found;
}
