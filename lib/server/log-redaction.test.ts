import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createLogRedaction } from "./log-redaction";

const STAR = "*".charCodeAt(0);
/** So many characters tell which kind of a secret it is, and nothing of it. */
const MAY_TELL = 6;
const OWN = "correct-horse-8";
const HF = "hf_abcdefghijklmnopqrstuvwxyz012345";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";
const KEY = [
  "-----BEGIN RSA PRIVATE KEY-----",
  "Proc-Type: 4,ENCRYPTED",
  "",
  ..."MIIEowIBAAKCAQEA7bq0mP4Zc1x9Vt3sNfLq8yRj5uWkHd2e0TgXo6aBvCiQnMzE|rJ4wYpKsUhDlGtFb|Ag==".split(
    "|",
  ),
  "-----END RSA PRIVATE KEY-----",
].join("\n");

/** As it is shown when it comes in pieces of so many bytes. */
function shown(log: string | Buffer, size = Number.POSITIVE_INFINITY): string {
  const bytes = Buffer.from(log);
  const redaction = createLogRedaction([OWN]);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    pieces.push(redaction.next(bytes.subarray(at, at + size)));
  }
  return Buffer.concat(pieces).toString();
}

const stars = (text: string) => "*".repeat(Buffer.byteLength(text));

/** `[[` and `]]` stand around what is to be hidden. */
const LINES = [
  `token [[${HF}]] used`,
  "ghp [[ghp_abcdefghijklmnopqrstuvwxyz0123456789]]!",
  "[[sk-proj-abcdefghijklmnopqrstuvwxyz]] and [[sk-ant-api03-abcdefghijklmnopqrst]]",
  `got [[${JWT}]].`,
  "    http://127.0.0.1:8888/lab?token=[[0a1b2c3d4e5f]]",
  "[I 2026-02-11] token=[[0a1b2c3d4e5f]]",
  "info - Using password: [[5f2c9e]]",
  "Password is [[d3f4a1b2c3]]",
  "GET https://s3.eu/x?X-Amz-Credential=[[AKIA/2026]]&X-Amz-Date=1&X-Amz-Signature=[[00ff]] 200",
  "GET https://acc.blob.core.windows.net/c/x?sv=2024&sig=[[aB%2Fc%3D]]&se=1",
  "GET https://storage.googleapis.com/b/x?X-Goog-Signature=[[00ff]]",
  "https://cdn-lfs.hf.co/x?Expires=1&Policy=eyJ&Signature=[[abc~]]&Key-Pair-Id=[[K2F]]",
  "+ export CIVITAI_TOKEN='[[a b]]'",
  "wandb login [[0123456789abcdef0123456789abcdef01234567]]",
  "https://[[bob:pä55]]@example.org/x",
  "AWS_SECRET_ACCESS_KEY=[[wJalrXUtnFEMI/K7MDENG]]",
  "< Set-Cookie: session=[[abc; Path=/]]",
  "'x-api-key': '[[abc]]'",
  "Authorization: [[Bearer]] [[abc.def]]",
  `the value [[${OWN}]] as it is`,
  "PASSWORD=[[pässé]]",
];

const asRead = (line: string) => line.replaceAll(/\[\[|\]\]/g, "");
const asShown = (line: string) => line.replaceAll(/\[\[(.*?)\]\]/g, (_, secret) => stars(secret));

test.each(LINES)("hides as many bytes as there are: %s", (line) => {
  const log = `one\n${asRead(line)}\ntwo\n`;
  expect(shown(log)).toBe(`one\n${asShown(line)}\ntwo\n`);
  expect(Buffer.byteLength(shown(log))).toBe(Buffer.byteLength(log));
});

test.each(LINES)("shows no part of it that tells, however it is cut: %s", (line) => {
  const log = Buffer.from(`${asRead(line)}\n`);
  const expected = Buffer.from(`${asShown(line)}\n`);
  const secrets = [...line.matchAll(/\[\[(.*?)\]\]/g)].map(([, secret = ""]) => secret);
  for (let size = 1; size < 40; size += 1) {
    const bytes = Buffer.from(shown(log, size), "utf8");
    for (const secret of secrets) expect(bytes.includes(Buffer.from(secret))).toBe(false);
    // Of a token no more is shown than says which kind it is.
    let told = 0;
    for (let at = 0; at < log.length; at += 1) {
      if (expected[at] === STAR && log[at] !== STAR && bytes[at] === log[at]) told += 1;
    }
    expect(told, `pieces of ${size}`).toBeLessThanOrEqual(MAY_TELL * secrets.length);
  }
});

test("bytes that are no text, and colours in a secret, stay as they are", () => {
  const broken = Buffer.concat([
    Buffer.from([0xff, 0xc3]),
    Buffer.from(" TOKEN=abc "),
    Buffer.from([0xe2]),
  ]);
  const redaction = createLogRedaction([]);
  expect(redaction.next(broken).toString("latin1")).toBe("\xff\xc3 TOKEN=*** \xe2");

  const red = "\x1b[31m";
  const end = "\x1b[0m";
  const coloured = `to${red}ken=${end}${red}abc${end}def ok ${HF.slice(0, 9)}${end}${HF.slice(9)}\n`;
  const expected = `to${red}ken=${end}${red}***${end}*** ok ${stars(HF.slice(0, 9))}${end}${stars(HF.slice(9))}\n`;
  for (const size of [1000, 7, 1])
    expect(shown(coloured, size).slice(0, 30)).toBe(expected.slice(0, 30));
  expect(shown(coloured)).toBe(expected);
  const link = "\x1b]8;;https://example.org\x07here\x1b]8;;\x07";
  expect(shown(link)).toBe(link);
  expect(shown(`\x1b]8;;https://x/?token=abc\x07here\x1b]8;;\x07\n`)).toBe(
    "\x1b]8;;https://x/?token=***\x07here\x1b]8;;\x07\n",
  );
});

test("a private key is hidden to its end, also where each line begins with a time", () => {
  const [begin = "", ...rest] = KEY.split("\n");
  const end = rest.pop() ?? "";
  const log = `before\n${KEY}\nafter a while\n`;
  const expected = `before\n${begin}\n${rest.map(stars).join("\n")}\n${end}\nafter a while\n`;
  expect(shown(log)).toBe(expected);
  const upToEnd = (text: string) => text.slice(0, log.indexOf(end));
  for (const size of [64, 7, 1]) expect(upToEnd(shown(log, size))).toBe(upToEnd(expected));

  const timed = KEY.split("\n").map((line) => `2026-02-11 10:00:00 INFO ${line}`);
  expect(shown(timed.join("\n"))).not.toMatch(/MII|rJ4w/);
  expect(shown(`${JSON.stringify(KEY)}\nnext\n`)).toMatch(
    /^"-+BEGIN RSA PRIVATE KEY-+\*+-+END.*"\nnext\n$/,
  );
});

test("what only speaks of a private key hides no more than what may be one", () => {
  const log =
    "it starts with -----BEGIN PRIVATE KEY-----\nand this is a sentence about it\nMIIEow\n";
  expect(shown(log)).toBe(log);
  const endless = `-----BEGIN PRIVATE KEY-----\n${"A".repeat(63)}\n`.concat(
    `${"A".repeat(63)}\n`.repeat(400),
  );
  expect(shown(endless, 1000)).toMatch(/\*{63}\n(A{63}\n)+$/);
});

test("a secret that never ends is hidden on and on, and little of it is kept", () => {
  for (const start of [
    "TOKEN=",
    "password='",
    "Bearer 1",
    "eyJ",
    "hf_",
    "https://me:",
    "Cookie: a=",
  ]) {
    const redaction = createLogRedaction([]);
    redaction.next(Buffer.from(`see ${start}`));
    for (let piece = 0; piece < 300; piece += 1) {
      const text = redaction.next(Buffer.alloc(999, "x")).toString();
      expect(text, `${start} ${piece}`).toBe("*".repeat(999));
    }
  }
});

test("what is no secret comes as it is", () => {
  const log = [
    "max_tokens=4096, prompt tokens: 34, tokens: 1234",
    "Loaded tokenizer openai/clip-vit-large-patch14, pad_token: <|endoftext|>, class_tokens: ohwx man",
    "HEAD is now at 76a7fe9d1c2b3a4f5e6d7c8b9a0f1e2d3c4b5a69 tokens",
    "wandb: synced commit 76a7fe9d1c2b3a4f5e6d7c8b9a0f1e2d3c4b5a69",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 model.safetensors",
    "Running on http://0.0.0.0:8188 and ws://[::1]:8188/ws?clientId=1, mail me@host",
    "password: too short, token: expired",
    "def login(token: str, password: Optional[str] = None):",
    "using password=%(ENV_SUPERVISOR_ADMIN_PASSWORD)s and $TOKEN",
    "",
  ].join("\n");
  expect(shown(log)).toBe(log);
});

const FIXTURES = join(process.cwd(), "lib/client/terminal/fixtures");

test.each(
  readdirSync(FIXTURES).filter((name) => /\.(?:log|bin|txt)$/.test(name)),
)("the recording %s comes as it is", (name) => {
  const log = readFileSync(join(FIXTURES, name));
  expect(createLogRedaction([OWN]).next(log).equals(log)).toBe(true);
});

test("takes no longer for a log that looks like the beginning of many secrets", () => {
  const parts = [
    "-",
    "--token ",
    "://",
    "://a",
    "password=",
    "hf_",
    "-eyJ",
    "eyJa.",
    "sk-",
    "cp_",
    "Bearer ",
    "wandb ",
    "a@",
    "token\x1b[m",
    "\x1b]0;token=",
    "-----BEGIN PRIVATE KEY-----",
    "login a password ",
    '"token": "',
    "\x1b",
    "webhooks/1",
    "key a b ",
  ];
  for (const part of parts) {
    const redaction = createLogRedaction([OWN, "-".repeat(1000), "hf_".repeat(300)]);
    const log = Buffer.from(part.repeat(Math.ceil(400_000 / part.length)));
    const began = performance.now();
    for (let at = 0; at < log.length; at += 100_000) redaction.next(log.subarray(at, at + 100_000));
    // A second is plenty; what grows with the square of the length takes minutes.
    expect(performance.now() - began, part).toBeLessThan(10_000);
  }
}, 60_000);
