import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Scanned, type ScanWish, scanFile } from "./log-scan-file";

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "scan-"));
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Options = Partial<ScanWish> & {
  known?: string[];
  blockBytes?: number;
  before?: number;
  isOver?: () => boolean;
};

/** Without a limit of time unless one is given. */
function scan(content: string | Buffer, q: string, options: Options = {}): Scanned {
  const path = join(dir, "log");
  const bytes = Buffer.from(content);
  writeFileSync(path, bytes);
  const wish = { q, regex: false, case: false, limit: 1000, ...options };
  const scanned: Scanned = { matches: [], scannedTo: options.before ?? bytes.length };
  const fd = openSync(path, "r");
  const { blockBytes, isOver = () => false } = options;
  const terms = { scanned, known: options.known ?? null, isOver };
  const limits = blockBytes === undefined ? terms : { ...terms, blockBytes };
  scanFile({ fd, size: bytes.length }, wish, limits);
  closeSync(fd);
  return scanned;
}

const textsOf = ({ matches }: Scanned) => matches.map(({ text }) => text);
const offsetsOf = ({ matches }: Scanned) => matches.map(({ offset }) => offset);

test("the newest line comes first, each with the byte at which it starts", () => {
  const log = "Ünë one\ntwo\nthree one\r\none four";

  expect(scan(log, "one")).toEqual({
    matches: [
      { offset: 25, text: "one four" },
      { offset: 14, text: "three one" },
      { offset: 0, text: "Ünë one" },
    ],
    scannedTo: 0,
  });
});

test("letters stand for both of theirs unless their case matters, also beyond ASCII", () => {
  const log = "Error\nerror\nÄRGER\närger\n";

  expect(textsOf(scan(log, "ERROR"))).toEqual(["error", "Error"]);
  expect(textsOf(scan(log, "error", { case: true }))).toEqual(["error"]);
  expect(textsOf(scan(log, "ärger"))).toEqual(["ärger", "ÄRGER"]);
  expect(textsOf(scan(log, "ärger", { case: true }))).toEqual(["ärger"]);
  expect(textsOf(scan(log, "Ä[r]g", { regex: true }))).toEqual(["ärger", "ÄRGER"]);
});

test("a text is no pattern unless it is meant as one", () => {
  const log = "a.b\naxb\n(1|2)\n";

  expect(textsOf(scan(log, "a.b"))).toEqual(["a.b"]);
  expect(textsOf(scan(log, "(1|2)"))).toEqual(["(1|2)"]);
  expect(textsOf(scan(log, "^a.b$", { regex: true }))).toEqual(["axb", "a.b"]);
});

test("colours, links and titles stand between nothing, and are not found themselves", () => {
  const log = [
    "CUDA \x1b[31mout\x1b[0m of memory",
    "\x1b]8;;http://host/31m\x07a link\x1b]8;;\x1b\\ to it",
    "\x1b]0;title\x1b\\\x1b(Bplain \x1b[38;5;196;1mred\x1b[K",
    "cut off \x1b[3",
    "next",
  ].join("\n");

  expect(textsOf(scan(log, "cuda out of"))).toEqual(["CUDA out of memory"]);
  expect(textsOf(scan(log, "A LINK to"))).toEqual(["a link to it"]);
  expect(textsOf(scan(log, "plain red", { case: true }))).toEqual(["plain red"]);
  expect(textsOf(scan(log, "^plain red$", { regex: true }))).toEqual(["plain red"]);
  for (const hidden of ["31m", "title", "host", "[38", "\x1b"]) {
    expect(scan(log, hidden).matches).toEqual([]);
  }
  expect(textsOf(scan(log, "next"))).toEqual(["next"]);
});

test("the frames of a progress bar are lines of their own", () => {
  const frames = Array.from({ length: 60_000 }, (_, i) => `steps: ${i}/60000 loss=0.1`);
  const log = `\r${frames.join("\r")}\ndone\n`;

  const { matches } = scan(log, "steps: 1234/");

  expect(matches).toEqual([{ offset: log.indexOf("steps: 1234/"), text: frames[1234] }]);
});

test("broken bytes hurt nobody, and neither do control characters", () => {
  const log = Buffer.concat([
    Buffer.from([0xe2, 0x82, 0x0a, 0xff, 0xfe, 0x00]),
    Buffer.from("found\x07 it\tthere \xc3\x28  \n", "latin1"),
  ]);

  expect(scan(log, "found")).toEqual({
    matches: [{ offset: 3, text: "\ufffd\ufffdfound it\tthere \ufffd(" }],
    scannedTo: 0,
  });
  expect(offsetsOf(scan(log, "found", { regex: true }))).toEqual([3]);
});

test("of a long line comes what stands around the match", () => {
  const log = `${"ä".repeat(5000)}needle${"😀".repeat(5000)}`;
  const [match] = scan(log, "needle").matches;

  expect(match?.text.length).toBeLessThanOrEqual(2000);
  expect(match?.text.slice(400, 510)).toContain("needle");
  expect(encodeURIComponent(match?.text ?? "")).toContain("needle");
});

test("after as many matches as are wanted, the rest is found from there on", () => {
  const log = Array.from({ length: 25 }, (_, i) => `line ${i}\n`).join("");
  const found: number[] = [];
  let before = log.length;
  while (before > 0) {
    const page = scan(log, "line", { limit: 10, before });
    found.push(...offsetsOf(page));
    before = page.scannedTo;
  }

  expect(found).toHaveLength(25);
  expect(found).toEqual([...new Set(found)].sort((a, b) => b - a));
});

test("a search without time comes one step further", () => {
  const log = "one\n".repeat(100);
  let before = log.length;
  let found = 0;
  for (let page = 0; before > 0; page += 1) {
    expect(page).toBeLessThan(100);
    const scanned = scan(log, "one", { before, isOver: () => true, blockBytes: 16 });
    expect(scanned.scannedTo).toBeLessThan(before);
    found += scanned.matches.length;
    before = scanned.scannedTo;
  }

  expect(found).toBe(100);
});

test("a file that was cut is told", () => {
  const path = join(dir, "cut");
  writeFileSync(path, "short");
  const fd = openSync(path, "r");
  const scanned: Scanned = { matches: [], scannedTo: 1000 };
  const wish = { q: "x", regex: false, case: false, limit: 1 };

  expect(() =>
    scanFile({ fd, size: 1000 }, wish, { scanned, known: null, isOver: () => true }),
  ).toThrow(expect.objectContaining({ name: "FileCutError" }));
  closeSync(fd);
});

test("in a line longer than any block each place is found once, across every cut", () => {
  const blockBytes = 64;
  for (let at = 0; at < 3 * blockBytes; at += 1) {
    const line = `${"-".repeat(at)}NeedlÉ${"-".repeat(4 * blockBytes - at)}`;
    for (const wish of [
      { q: "needlÉ" },
      { q: "NeedlÉ", case: true },
      { q: "n\\w\\wdl", regex: true },
    ]) {
      const { matches } = scan(`before\n${line}\nafter\n`, wish.q, { ...wish, blockBytes });
      expect(matches, `${wish.q} at ${at}`).toHaveLength(1);
    }
  }
});

test("searched in pieces that end where a long line is cut, nothing is missed or doubled", () => {
  const blockBytes = 64;
  for (let at = 100; at < 140; at += 1) {
    const log = `${"-".repeat(at)}needle${"-".repeat(200)}`;
    let found = 0;
    for (let before = log.length; before > 0; ) {
      const scanned = scan(log, "needle", { before, blockBytes, isOver: () => true });
      found += scanned.matches.length;
      before = scanned.scannedTo;
    }
    expect(found, `at ${at}`).toBe(1);
  }
});

/** As the search is meant, one byte and one line after the other. */
function reference(log: Buffer, { q, regex, case: matchCase }: Omit<ScanWish, "limit">): number[] {
  const found: number[] = [];
  let start = 0;
  for (let at = 0; at <= log.length; at += 1) {
    if (at < log.length && log[at] !== 10 && log[at] !== 13) continue;
    const shown = showOf(log.subarray(start, at).toString());
    const fold = (text: string) => (matchCase ? text : text.toLowerCase());
    const matches = regex
      ? new RegExp(q, matchCase ? "" : "i").test(shown)
      : fold(shown).includes(fold(q));
    if (shown !== "" && matches) found.unshift(start);
    start = at + 1;
  }
  return found;
}

/** Takes `ESC [ … letter` and `ESC ] … BEL` out. */
function showOf(line: string): string {
  let shown = "";
  let inside: "" | "start" | "csi" | "osc" = "";
  for (const char of line) {
    if (char === "\x1b") inside = "start";
    else if (inside === "start") inside = char === "[" ? "csi" : char === "]" ? "osc" : "";
    else if (inside === "csi") inside = /[@-~]/.test(char) ? "" : "csi";
    else if (inside === "osc") inside = char === "\x07" ? "" : "osc";
    else shown += char;
  }
  return shown;
}

const PARTS = ["a", "b", "A", "B", "ab", "é", "É", "m", "1", " "];
const ESCAPES = ["\x1b[1m", "\x1b[31;1m", "\x1b[K", "\x1b]0;ab\x07"];
const ENDS = ["\n", "\n", "\r", "\r\n"];
const WISHES = [
  { q: "ab", regex: false, case: false },
  { q: "aB", regex: false, case: true },
  { q: "1", regex: false, case: true },
  { q: "m", regex: false, case: false },
  { q: "bé", regex: false, case: false },
  { q: "éa", regex: false, case: true },
  { q: "a b ", regex: false, case: false },
  { q: "^[ab]+m", regex: true, case: false },
  { q: "b.?1$", regex: true, case: true },
];

test.each([
  { blockBytes: 4096, hasEscapes: true },
  { blockBytes: 97, hasEscapes: true },
  { blockBytes: 64, hasEscapes: false },
])("finds what a plain search finds, line for line: %o", ({ blockBytes, hasEscapes }) => {
  let seed = 7;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const pick = (list: string[]) => list[random(list.length)] ?? "";
  for (let round = 0; round < 60; round += 1) {
    const pieces: Buffer[] = [];
    for (let line = 0; line < 40; line += 1) {
      for (let part = random(10); part > 0; part -= 1) {
        const chance = random(20);
        if (chance === 0) pieces.push(Buffer.from([0xc3, 0xff, 0x80].slice(0, 1 + random(3))));
        else pieces.push(Buffer.from(pick(hasEscapes && chance < 4 ? ESCAPES : PARTS)));
      }
      pieces.push(Buffer.from(pick(ENDS)));
    }
    const log = Buffer.concat(pieces);
    for (const wish of WISHES) {
      const found = offsetsOf(scan(log, wish.q, { ...wish, blockBytes }));
      expect(found, `${JSON.stringify(wish)} in ${log.toString("hex")}`).toEqual(
        reference(log, wish),
      );
    }
  }
});

test("a search finds what is shown, and tells nothing of what is hidden", () => {
  const key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n-----END PRIVATE KEY-----\n";
  const log = `TOKEN=abc123 one\nnothing\n${key}own-secret* and TOKEN=x**y two\n`;
  const known = ["own-secret*"];
  const hits = (q: string, options: Options = {}) =>
    [7, 64, 1024].map(
      (blockBytes) => textsOf(scan(log, q, { known, blockBytes, ...options })).length,
    );

  expect(textsOf(scan(log, "two", { known }))).toEqual(["*********** and TOKEN=**** two"]);
  expect(textsOf(scan(log, "ONE", { known, regex: true }))).toEqual(["TOKEN=****** one"]);
  for (const q of ["abc", "ABC1", "bc123", "MIIE", "ANBg", "own-s", "x*", "*y"])
    expect(hits(q), q).toEqual([0, 0, 0]);
  for (const q of ["a.c", "[a-c]{3}1", "MII", "OKEN=[^*]", "secret", "^(?=.*abc).*one", "\\*y"])
    expect(hits(q, { regex: true }), q).toEqual([0, 0, 0]);
  // It would tell whether the line holds it.
  expect(hits("^(?!.*abc123).*one", { regex: true })).toEqual([1, 1, 1]);
  expect(hits("^(?!.*abd123).*one", { regex: true })).toEqual([1, 1, 1]);
  for (let before = 6; before < 13; before += 1)
    expect(hits("a", { before, case: true }), `before ${before}`).toEqual([0, 0, 0]);
  expect(textsOf(scan(log, "abc123"))).toEqual(["TOKEN=abc123 one"]);
});
