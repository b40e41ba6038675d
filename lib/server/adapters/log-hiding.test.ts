import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hideAlso } from "../redact";
import { testFolder } from "../testing/test-folder";
import { readLog, tailLog } from "./log-file";
import { followLog } from "./log-follow";
import { readPosition, writePosition } from "./log-position";

const MIB = 1024 * 1024;
const TOKEN = "hf_abcdefghijklmnopqrstuvwxyz012345";
const OWN = "correct-horse-8";
const LOG = [
  `start ä HF_TOKEN=${TOKEN} end`,
  `see http://127.0.0.1:8888/lab?token=${"0a1b2c3d".repeat(6)} and ${OWN}`,
  "-----BEGIN PRIVATE KEY-----",
  "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ",
  "rJ4wYpKsUhDlGtFb",
  "-----END PRIVATE KEY-----",
  "done ä",
  "",
].join("\n");
const HIDDEN = LOG.replace(TOKEN, (it) => "*".repeat(it.length))
  .replace(/(?<=token=)\w+/, (it) => "*".repeat(it.length))
  .replace(OWN, "*".repeat(OWN.length))
  .replace(/MII\w+/, (it) => "*".repeat(it.length))
  .replace(/rJ4w\w+/, (it) => "*".repeat(it.length));
const BYTES = Buffer.from(HIDDEN);
/** No more of a secret than this is ever shown. */
const TELLING = /hf_[a-z]{2}|0a1b|correct-|MII|rJ4w|FAAS|tFb/;

beforeEach(() => hideAlso(() => [OWN]));
afterEach(() => hideAlso(() => []));

async function logOf(content: string): Promise<string> {
  const path = join(testFolder("hiding"), "a.out.log");
  await writeFile(path, content);
  return path;
}

test("each range of a log is what stands there in the whole of it", async () => {
  const path = await logOf(LOG);

  for (let at = 0; at <= BYTES.length; at += 3) {
    for (const range of [{ before: at }, { after: at }, { after: at, before: at + 40 }]) {
      const tail = await tailLog(path, { lines: 2, maxBytes: MIB, ...range });
      const { text = "", offset = 0, end = 0 } = tail ?? {};
      // A range that is given in bytes may begin inside a character.
      if (!text.includes("\uFFFD")) expect(text).toBe(BYTES.toString("utf8", offset, end));
    }
  }
  const cut = await tailLog(path, { lines: 9, maxBytes: 60, before: 110 });
  expect(cut?.truncated).toBe(true);
  expect(cut?.text).not.toMatch(TELLING);
  expect((await tailLog(path, { lines: 9, maxBytes: MIB, reveal: true }))?.text).toBe(LOG);
});

test("a download has the size and the lines of the file, also where chunks meet inside a secret", async () => {
  const line = `TOKEN=${"abcdefgh".repeat(5)} ok\n`;
  const path = await logOf(line.repeat(5000));

  const log = await readLog(path);
  const bytes = await buffer(log?.body as never);

  expect(bytes.length).toBe(log?.size);
  expect(bytes.toString() === `TOKEN=${"*".repeat(40)} ok\n`.repeat(5000)).toBe(true);
  const revealed = await readLog(path, { reveal: true });
  expect((await buffer(revealed?.body as never)).toString() === line.repeat(5000)).toBe(true);
});

test("a secret that is written in two goes is hidden, also for a reader that comes back between them", async () => {
  const path = await logOf("");
  const shown: string[] = [];
  let start: Parameters<typeof followLog>[1] = { lines: 10, maxBytes: MIB };
  for (let at = 0; at < LOG.length; at += 5) {
    const follower = await followLog(path, start);
    await appendFile(path, LOG.slice(at, at + 5));
    for (let step = await follower.next(); step; step = await follower.next()) {
      if (step.kind === "text") shown.push(step.text);
    }
    start = { position: readPosition(writePosition(follower.position())) ?? null };
    await follower.close();
  }

  const text = shown.join("");
  expect(Buffer.byteLength(text)).toBe(BYTES.length);
  expect(text).not.toMatch(TELLING);
  expect(text).toMatch(/^start ä HF_TOKEN=\*+ end\nsee http:/);
  expect(text).toMatch(/\ndone ä\n$/);
});

test("a stream shows the secrets to who may see them", async () => {
  const path = await logOf(LOG);
  const follower = await followLog(path, { lines: 100, maxBytes: MIB, reveal: true });
  expect(await follower.next()).toMatchObject({ kind: "text", text: LOG });
  await follower.close();
});
