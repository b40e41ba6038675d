import {
  appendFileSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuditEntry } from "@/lib/contract/updates";
import { createUpdateAudit } from "./update-audit";

let folder: string;
let path: string;
const audit = () => createUpdateAudit(path);
const text = () => readFileSync(path, "utf8");
const lines = () => text().trimEnd().split("\n");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "update-audit-"));
  path = join(folder, "config", "service-updates-rollback.jsonl");
});

afterEach(() => rmSync(folder, { recursive: true }));

function entry(fields: Partial<AuditEntry> = {}): AuditEntry {
  return {
    timestamp: "2026-11-23T10:15:00.000Z",
    service: "comfy",
    kind: "git",
    reason: "update",
    state: "done",
    target: "76a7fe9",
    before: "123a787",
    after: "76a7fe9",
    ...fields,
  };
}

describe("append", () => {
  test("makes the file and its folder, and puts each entry on a line of its own", async () => {
    await audit().append(entry({ error: "two\nlines", job_id: "a" }));
    await audit().append(entry({ service: "größe", job_id: "b" }));
    expect(lines().map((line) => JSON.parse(line))).toEqual([
      entry({ error: "two\nlines", job_id: "a" }),
      entry({ service: "größe", job_id: "b" }),
    ]);
    expect(text().endsWith("}\n")).toBe(true);
  });

  test("goes on below a line that was torn", async () => {
    await audit().append(entry({ job_id: "a" }));
    appendFileSync(path, '{"timestamp": "2026-');
    await audit().append(entry({ job_id: "b" }));
    expect(lines()[1]).toBe('{"timestamp": "2026-');
    expect((await audit().read({ limit: 9 })).map(({ job_id }) => job_id)).toEqual(["b", "a"]);
  });

  test("writes an entry of a job once", async () => {
    await audit().append(entry({ job_id: "a" }));
    for (let other = 0; other < 300; other++) {
      appendFileSync(path, `${JSON.stringify(entry({ error: "a".repeat(999) }))}\n`);
    }
    await audit().append(entry({ job_id: "a", state: "error" }));
    expect(lines().filter((line) => line.includes('"job_id"'))).toHaveLength(1);
    await audit().append(entry({ job_id: "aa" }));
    await audit().append(entry());
    await audit().append(entry());
    expect(lines()).toHaveLength(304);
  });

  test("twenty at once all arrive", async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `job-${index}`);
    await Promise.all(ids.map((job_id) => audit().append(entry({ job_id }))));
    const found = await audit().read({ limit: 99 });
    expect(found.map(({ job_id }) => job_id).sort()).toEqual([...ids].sort());
  });

  test("says what is in the way", async () => {
    const blocked = createUpdateAudit(join(path, "below", "audit.jsonl"));
    writeFileSync(join(folder, "config"), "");
    await expect(blocked.append(entry())).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(join(path, "below", "audit.jsonl")),
    });
  });
});

describe("read", () => {
  test("a missing file holds nothing", async () => {
    expect(await audit().read({ limit: 10 })).toEqual([]);
  });

  test("newest first, of one service, and no more than asked for", async () => {
    for (const [index, service] of ["comfy", "invoke", "comfy", "comfy"].entries()) {
      await audit().append(entry({ service, job_id: `${index}` }));
    }
    const ids = async (wish: { service?: string; limit: number }) =>
      (await audit().read(wish)).map(({ job_id }) => job_id);
    expect(await ids({ limit: 99 })).toEqual(["3", "2", "1", "0"]);
    expect(await ids({ service: "comfy", limit: 2 })).toEqual(["3", "2"]);
    expect(await ids({ service: "comfy", limit: 99 })).toEqual(["3", "2", "0"]);
    expect(await ids({ service: "kohya", limit: 99 })).toEqual([]);
    expect(await ids({ limit: 0 })).toEqual([]);
  });

  test("what an older version wrote lacks nothing", async () => {
    await audit().append(entry());
    const old = {
      timestamp: "2026-02-11T10:00:00Z",
      service: "invoke",
      kind: "pip",
      reason: "boot_reconcile",
      state: "done",
    };
    writeFileSync(path, `${JSON.stringify(old)}\n`);
    expect(await audit().read({ limit: 9 })).toEqual([
      {
        ...old,
        target: null,
        before: null,
        after: null,
        error: null,
        job_id: null,
        actor: null,
        duration_seconds: null,
      },
    ]);
  });

  test("leaves out what is no entry", async () => {
    await audit().append(entry({ job_id: "a" }));
    const rubbish = [
      "",
      "{",
      "null",
      "7",
      "[]",
      '"x"',
      "{}",
      '{"service":"comfy"}',
      "\u0000",
      "  ",
    ];
    appendFileSync(path, `${rubbish.join("\n")}\r\n`);
    await audit().append(entry({ job_id: "b" }));
    appendFileSync(path, Buffer.from([0xff, 0xfe, 0x0a]));
    expect((await audit().read({ limit: 9 })).map(({ job_id }) => job_id)).toEqual(["b", "a"]);
  });

  test("lines that lie across blocks, and a line without an end, come whole", async () => {
    await audit().append(entry());
    const errors = [10, 65_000, 66_000, 131_072, 3, 200_000].map((size) => "ä".repeat(size / 2));
    const written = errors.map((error) => JSON.stringify(entry({ error })));
    writeFileSync(path, written.join("\n"));
    const found = await audit().read({ limit: 9 });
    expect(found.map(({ error }) => error)).toEqual(errors.reverse());
  });

  test("the end of a file of 100 MB is found without reading the rest, and rubbish does not hurt", async () => {
    await audit().append(entry({ job_id: "old" }));
    const file = openSync(path, "a");
    writeSync(file, "x".repeat(3_000_000));
    writeSync(file, `\n${JSON.stringify(entry({ job_id: "new" }))}\n`, 100_000_000);
    const began = performance.now();
    expect((await audit().read({ limit: 1 }))[0]?.job_id).toBe("new");
    expect(performance.now() - began).toBeLessThan(200);
    const all = await audit().read({ limit: 9 });
    expect(all.map(({ job_id }) => job_id)).toEqual(["new", "old"]);
  });
});
