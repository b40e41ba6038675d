// biome-ignore lint/style/noRestrictedImports: recordings are read from disk
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LogMark } from "@/lib/contract/logs";
import { LogBook } from "./book";
import {
  bytes,
  entriesOf,
  iso,
  linesOf,
  lineWith,
  marksOf,
  shown,
  textsOf,
  writer,
} from "./testing";

const fixtures = new URL("../terminal/fixtures/", import.meta.url);
const recordings = readdirSync(fixtures)
  .filter((file) => file.endsWith(".expected.txt"))
  .map((file) => file.replace(".expected.txt", ""))
  // Its widest line is wider than a line may be, and what is beyond is cut.
  .filter((file) => file !== "nasty-14.bin")
  .sort();

function recording(file: string): { input: string; expected: string[] } {
  const input = decode(readFileSync(new URL(file, fixtures))).replaceAll("\ufffd", "");
  const expected = decode(readFileSync(new URL(`${file}.expected.txt`, fixtures))).trimEnd();
  return { input, expected: expected.split("\n") };
}

function decode(raw: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(raw);
}

/** Numbers that look random, and are the same in every run. */
function randomNumbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Between characters, as the server cuts. */
function cuts(input: string, random: (below: number) => number): string[] {
  const characters = [...input];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; ) {
    const size = 1 + random(random(4) === 0 ? 2000 : 60);
    pieces.push(characters.slice(at, at + size).join(""));
    at += size;
  }
  return pieces;
}

function trimmed(texts: readonly string[]): string[] {
  const lines = texts.map((text) => text.trimEnd());
  return lines.join("\n").trimEnd().split("\n");
}

describe("recordings of real programs", () => {
  it.each(recordings)("%s in any cuts reads as a terminal shows it", (file) => {
    const { input, expected } = recording(file);
    const random = randomNumbers(bytes(file));
    const book = new LogBook();
    const log = writer();
    for (const piece of cuts(input, random)) {
      book.text(log.write(piece));
      if (random(5) === 0) book.view();
    }
    expect(trimmed(textsOf(book.view()))).toEqual(trimmed(expected));
  });

  it.each(recordings)("%s beside another one reads the same", (file) => {
    const logs = [
      { log: writer({ stream: "out" }), ...recording(file) },
      { log: writer({ stream: "err", file: "f2" }), ...recording("tqdm-nested.log") },
    ].map((each, i) => ({ ...each, pieces: cuts(each.input, randomNumbers(i + 7)) }));
    const random = randomNumbers(bytes(file) + 1);
    const book = new LogBook();
    while (logs.some(({ pieces }) => pieces.length > 0)) {
      const { log, pieces } = logs[random(2)] ?? {};
      const piece = pieces?.shift();
      if (log && piece !== undefined) book.text(log.write(piece));
      if (random(5) === 0) book.view();
    }
    for (const { log, expected } of logs) {
      const own = linesOf(book.view()).filter(({ stream }) => stream === log.stream);
      expect(trimmed(own.map(({ line }) => line.text))).toEqual(trimmed(expected));
      for (const { offset } of own) {
        const before = new TextEncoder().encode(log.text())[offset - 1];
        if (offset > 0) expect([10, 11, 12]).toContain(before);
      }
    }
    const ids = entriesOf(book.view()).map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });
});

const DAY = Date.UTC(2026, 1, 11);
const at = (time: string) => Date.parse(`2026-02-11T${time}Z`);

function numbered(from: number, to: number): string {
  return texts(from, to)
    .map((text) => `${text}\n`)
    .join("");
}

function texts(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `línea ${from + i}`);
}

function mark(part: Mark): LogMark {
  return { service: "comfy", stream: "out", at: iso(at("10:00:00")), ...part } as LogMark;
}
type Mark = { kind: LogMark["kind"] } & Record<string, unknown>;

describe("the order of lines", () => {
  it("is that of arrival, and a bar moves where it first stood", () => {
    const book = new LogBook();
    const bar = writer({ stream: "err", file: "f2" });
    const out = writer();
    book.text(bar.write("\r 10%"));
    book.text(out.write("one\ntwo\n"));
    book.text(bar.write("\r 50%"));
    expect(textsOf(book.view())).toEqual([" 50%", "one", "two"]);
    book.text(bar.write("\r100%\ndone\n"));
    expect(textsOf(book.view())).toEqual(["100%", "one", "two", "done"]);
  });

  it("lets nested bars change the rows of their own log alone", () => {
    const book = new LogBook();
    const bar = writer({ stream: "err", file: "f2" });
    book.text(bar.write("outer 0\ninner 0"));
    book.text(writer().write("one\n"));
    book.text(bar.write("\x1b[A\router 1\ninner 9"));
    expect(textsOf(book.view())).toEqual(["outer 1", "inner 9", "one"]);
  });

  it("shows nothing for rows that are empty at the end, and places them when they are written to", () => {
    const book = new LogBook();
    const out = writer();
    const err = writer({ stream: "err", file: "f2" });
    book.text(out.write("one\n\n"));
    book.text(err.write("other\n"));
    expect(textsOf(book.view())).toEqual(["one", "other"]);
    book.text(out.write("two\n"));
    expect(textsOf(book.view())).toEqual(["one", "other", "", "two"]);
  });

  it("takes a bar back that was wiped, and rows that were erased", () => {
    const book = new LogBook();
    const out = writer();
    book.text(out.write("one\n 10%|###"));
    expect(textsOf(book.view())).toEqual(["one", " 10%|###"]);
    book.text(out.write("\r        \r"));
    expect(textsOf(book.view())).toEqual(["one"]);
    book.text(out.write("a\nb\nc"));
    book.text(out.write("\x1b[2A\r\x1b[J"));
    expect(textsOf(book.view())).toEqual(["one"]);
    expect(book.view()).toMatchObject({ lines: 1, received: 1, dropped: 0 });
  });

  it("merges the past of several logs by what its lines say", () => {
    const book = new LogBook();
    const out = writer();
    const err = writer({ stream: "err", file: "f2" });
    const past = { past: true, at: at("10:00:00") };
    book.text(out.write("first\n2026-02-11 09:00:01 b\n  more\n2026-02-11 09:00:05 e\n", past));
    book.text(err.write("09:00:00,500 a\n09:00:03,000 c\n09:00:04,000 d\n", past));
    book.text(out.write("live\n", { at: at("10:00:01") }));
    expect(textsOf(book.view()).map((text) => text.slice(-4).trim())).toEqual([
      "00 a",
      "irst",
      "01 b",
      "more",
      "00 c",
      "00 d",
      "05 e",
      "live",
    ]);
    expect(linesOf(book.view()).map((line) => line.at)).toEqual([
      at("09:00:00.500"),
      null,
      at("09:00:01"),
      null,
      at("09:00:03"),
      at("09:00:04"),
      at("09:00:05"),
      at("10:00:01"),
    ]);
  });

  it("puts logs without times one after the other, the one that was written last at the end", () => {
    const book = new LogBook();
    const out = writer();
    book.text(out.write("a\nb\n", { past: true, at: at("10:00:00") }));
    book.view();
    book.text(
      writer({ stream: "err", file: "f2" }).write("c\nd\n", { past: true, at: at("09:00:00") }),
    );
    book.text(out.write("e\n", { at: at("10:00:01") }));
    expect(textsOf(book.view())).toEqual(["c", "d", "a", "b", "e"]);
    const ids = entriesOf(book.view()).map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it("has marks where they came, and old ones of the service among the past", () => {
    const book = new LogBook();
    const event = {
      at: iso(at("09:00:02")),
      kind: "running",
      pid: 1,
      exit_status: null,
      exit_signal: null,
      expected: null,
      lasted_seconds: null,
      text: "Up",
    };
    const state = (time: string, past: boolean) =>
      mark({ kind: "state", stream: null, at: iso(at(time)), past, event });
    const out = writer();
    book.text(out.write("09:00:01 a\n09:00:03 b\n", { past: true, at: at("10:00:00") }));
    book.mark(state("09:00:02", true));
    book.text(out.write("c\n", { at: at("10:00:01") }));
    book.mark(state("10:00:02", false));
    book.text(out.write("d\n", { at: at("10:00:03") }));
    expect(shown(book.view())).toEqual([
      "09:00:01 a",
      "<state>",
      "09:00:03 b",
      "c",
      "<state>",
      "d",
    ]);
  });
});

describe("what happened to a service before", () => {
  const event = {
    kind: "spawned",
    pid: 1,
    exit_status: null,
    exit_signal: null,
    expected: null,
    lasted_seconds: null,
    text: "Started",
  };
  const state = (time: string) =>
    mark({
      kind: "state",
      stream: null,
      at: iso(at(time)),
      past: true,
      event: { ...event, at: iso(at(time)) },
    });

  it("is not told between lines that say no times, but behind them", () => {
    const book = new LogBook();
    book.text(writer().write("a\nb\n", { past: true, at: at("10:00:00") }));
    book.mark(state("09:59:00"));
    book.mark(state("10:00:01"));
    expect(shown(book.view())).toEqual(["a", "b", "<state>"]);
  });

  it("is not told in front of the first line where that came long after", () => {
    const book = new LogBook();
    book.text(writer().write("09:00:30 a\n", { past: true, at: at("10:00:00") }));
    book.mark(state("08:00:00"));
    book.mark(state("09:00:00"));
    expect(shown(book.view())).toEqual(["<state>", "09:00:30 a"]);
  });

  it("is not told at all where nothing was written", () => {
    const book = new LogBook();
    book.mark(state("09:00:00"));
    expect(shown(book.view())).toEqual([]);
  });
});

describe("what happens to a file", () => {
  it("lets a line go on over a rotation", () => {
    const book = new LogBook();
    const old = writer();
    book.text(old.write("one\ntw"));
    book.mark(mark({ kind: "rotated", file: "f2" }));
    book.text(writer({ file: "f2" }).write("o\nthree\n"));
    expect(shown(book.view())).toEqual(["one", "two", "<rotated>", "three"]);
    expect(linesOf(book.view()).map(({ file, offset }) => [file, offset])).toEqual([
      ["f1", 0],
      ["f1", 4],
      ["f2", 2],
    ]);
  });

  it("begins the first line of the new file there", () => {
    const book = new LogBook();
    book.text(writer().write("one\n"));
    book.mark(mark({ kind: "rotated", file: "f2" }));
    book.text(writer({ file: "f2" }).write("two\n"));
    expect(lineWith(book.view(), "two")).toMatchObject({ file: "f2", offset: 0 });
  });

  it.each([
    ["truncated", mark({ kind: "truncated", file: "f1" }), 0],
    ["skipped", mark({ kind: "skipped", file: "f1", from: 6, to: 90, bytes: 84, lines: 3 }), 90],
  ])("breaks a line off where the file was %s", (kind, event, offset) => {
    const book = new LogBook();
    book.text(writer().write("one\ntw"));
    book.mark(event);
    const rest = writer().write("\x1b[A\rthree\n");
    book.text({ ...rest, offset, end: offset + rest.end });
    expect(shown(book.view())).toEqual(["one", "tw", `<${kind}>`, "three"]);
    expect(lineWith(book.view(), "three").offset).toBe(offset);
  });

  it("does not go on with a line where text is missing without a mark", () => {
    const book = new LogBook();
    book.text(writer().write("one\ntw"));
    book.text({ ...writer().write("other\n"), offset: 50, end: 56 });
    expect(textsOf(book.view())).toEqual(["one", "tw", "other"]);
  });

  it("says once that there is no file", () => {
    const book = new LogBook();
    const missing = mark({ kind: "missing", detail: "There is none yet." });
    for (let i = 0; i < 3; i++) book.mark(missing);
    book.mark({ ...missing, stream: "err" } as LogMark);
    book.text(writer().write("one\n"));
    book.mark(missing);
    expect(shown(book.view())).toEqual(["<missing>", "<missing>", "one", "<missing>"]);
  });
});

describe("views", () => {
  it("keep the blocks and entries that did not change", () => {
    const book = new LogBook();
    const out = writer();
    book.text(out.write(numbered(0, 120)));
    const before = book.view();
    expect(book.view()).toBe(before);
    book.text(out.write(numbered(120, 121)));
    const after = book.view();
    expect(after.blocks.slice(0, 2)).toEqual(before.blocks.slice(0, 2));
    expect(after.blocks[0]).toBe(before.blocks[0]);
    expect(after.blocks[1]).toBe(before.blocks[1]);
    expect(after.blocks[2]).not.toBe(before.blocks[2]);
    expect(lineWith(after, "línea 119")).toBe(lineWith(before, "línea 119"));
    expect(before.blocks[2]?.entries.length).toBe(20);
  });

  it("count records by level", () => {
    const book = new LogBook();
    book.text(
      writer().write(
        "[INFO] one\n[ERROR] two\n  more\nTraceback (most recent call last):\n  File\nValueError: no\nend\n",
      ),
    );
    expect(book.view().levels).toEqual({ error: 1, warn: 0, info: 1, debug: 0, none: 1 });
    const [info, error] = linesOf(book.view());
    expect(linesOf(book.view()).map(({ level }) => level)).toEqual([
      "info",
      ...Array<string>(5).fill("error"),
      "none",
    ]);
    expect(new Set(linesOf(book.view()).map(({ record }) => record)).size).toBe(3);
    expect(info?.record).toBe(info?.id);
    expect(lineWith(book.view(), "ValueError: no").record).toBe(error?.id);
  });

  it("give a record the level of its worst line, however it arrives", () => {
    const text = `[WARNING] before\nTraceback (most recent call last):\n${"  File\n".repeat(200)}ValueError: no\nplain\n`;
    const whole = new LogBook();
    whole.text(writer().write(text));
    const cut = new LogBook();
    const log = writer();
    for (const char of text) {
      cut.text(log.write(char));
      if (char === "\n") cut.view();
    }
    const levels = (book: LogBook) => linesOf(book.view()).map(({ level }) => level);
    expect(levels(cut)).toEqual(levels(whole));
    expect(levels(whole)).toEqual([...Array<string>(203).fill("error"), "none"]);
    expect(cut.view().levels).toEqual(whole.view().levels);
  });

  it("hold the records of two logs apart", () => {
    const book = new LogBook();
    const err = writer({ stream: "err", file: "f2" });
    book.text(err.write("Traceback (most recent call last):\n"));
    book.text(writer().write("[INFO] between\n"));
    book.text(err.write("  File\nValueError: no\n"));
    expect(linesOf(book.view()).map(({ level }) => level)).toEqual([
      "error",
      "info",
      "error",
      "error",
    ]);
  });
});

describe("the ring", () => {
  it("drops whole blocks in front", () => {
    const book = new LogBook({ maxLines: 500 });
    const out = writer();
    for (let i = 0; i < 50; i++) book.text(out.write(numbered(i * 100, i * 100 + 100)));
    const view = book.view();
    expect(view.lines).toBeLessThanOrEqual(500);
    expect(view.lines).toBeGreaterThan(450);
    expect(textsOf(view)).toEqual(texts(5000 - view.lines, 5000));
    expect(view.received).toBe(5000);
    expect(view.dropped).toBe(5000 - view.lines);
    const [source] = view.sources;
    expect(source).toEqual({
      service: "comfy",
      stream: "out",
      file: "f1",
      oldest: bytes(numbered(0, 5000 - view.lines)),
      atStart: false,
    });
  });

  it("holds no more of one endless line than a line may have", () => {
    const book = new LogBook();
    const out = writer();
    for (let i = 0; i < 50; i++) book.text(out.write("x".repeat(10_000)));
    book.text(out.write(`\r${"y".repeat(20_000)}`));
    const [entry] = linesOf(book.view());
    expect(book.view().lines).toBe(1);
    expect(entry?.line.text).toBe("y".repeat(16_384));
    expect(entry?.line.cut).toBe(500_000 - 16_384);
  });

  it("counts marks too", () => {
    const book = new LogBook({ maxLines: 100 });
    for (let i = 0; i < 1000; i++) book.mark(mark({ kind: "rotated", file: `f${i}` }));
    expect(entriesOf(book.view()).length).toBeLessThanOrEqual(100);
  });

  it("shows a bar at the end again once its place was dropped", () => {
    const book = new LogBook({ maxLines: 100 });
    const bar = writer({ stream: "err", file: "f2" });
    const out = writer();
    book.text(bar.write("10%"));
    book.text(out.write(numbered(0, 300)));
    expect(textsOf(book.view())).not.toContain("10%");
    book.text(bar.write("\r20%"));
    expect(textsOf(book.view()).at(-1)).toBe("20%");
  });

  it("forgets all lines on request, and goes on from there", () => {
    const book = new LogBook();
    const out = writer();
    book.text(out.write("one\n 10%"));
    book.clear();
    expect(book.view()).toMatchObject({ blocks: [], lines: 0, dropped: 2 });
    expect(book.view().sources).toMatchObject([{ oldest: out.size(), atStart: false }]);
    book.text(out.write("\r 20%\ntwo\n"));
    expect(textsOf(book.view())).toEqual([" 20%", "two"]);
  });
});

describe("looking back", () => {
  /** A log of which the book holds the lines from `from` on. */
  function begun(from: number, to: number, options = { maxLines: 50_000 }) {
    const log = writer();
    log.write(numbered(0, from));
    const book = new LogBook(options);
    book.text(log.write(numbered(from, to), { past: true, at: DAY }));
    book.view();
    return { book, log };
  }
  const byteOf = (line: number) => bytes(numbered(0, line));
  const COMFY = { service: "comfy", stream: "out" } as const;

  it("puts older lines in front, to the beginning, and keeps the others", () => {
    const { book, log } = begun(300, 400);
    const before = book.view();
    expect(book.older(COMFY, log.tail(byteOf(100), byteOf(300)))).toBe(200);
    expect(textsOf(book.view())).toEqual(texts(100, 400));
    expect(book.view().blocks.slice(-2)).toEqual(before.blocks);
    expect(book.view().blocks.at(-1)).toBe(before.blocks.at(-1));
    expect(book.view().sources).toMatchObject([{ oldest: byteOf(100), atStart: false }]);
    expect(book.older(COMFY, log.tail(0, byteOf(100)))).toBe(100);
    const view = book.view();
    expect(view).toMatchObject({
      lines: 400,
      received: 100,
      sources: [{ oldest: 0, atStart: true }],
    });
    const keys = view.blocks.map(({ key }) => key);
    expect(keys).toEqual(keys.toSorted((a, b) => a - b));
    const ids = entriesOf(view).map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    for (const entry of linesOf(view)) expect(log.text()).toContain(entry.line.text);
    expect(linesOf(view).map(({ offset }) => offset)).toEqual(
      texts(0, 400).map((_, i) => byteOf(i)),
    );
  });

  it("takes no line twice", () => {
    const { book, log } = begun(300, 400);
    expect(book.older(COMFY, log.tail(byteOf(290), byteOf(310)))).toBe(10);
    expect(book.older(COMFY, log.tail(byteOf(295), byteOf(310)))).toBe(0);
    expect(textsOf(book.view())).toEqual(texts(290, 400));
  });

  it("says what is missing between, and has it filled", () => {
    const { book, log } = begun(300, 400);
    expect(book.older(COMFY, log.tail(byteOf(100), byteOf(110)))).toBe(10);
    expect(shown(book.view())).toEqual([...texts(100, 110), "<skipped>", ...texts(300, 400)]);
    const [gap] = marksOf(book.view());
    expect(gap?.mark).toMatchObject({ from: byteOf(110), to: byteOf(300), lines: null });
    book.fill(gap?.id ?? 0, log.tail(byteOf(110), byteOf(300)));
    expect(shown(book.view())).toEqual(texts(100, 400));
  });

  it("goes on with the record that the older lines end with", () => {
    const log = writer();
    const head = "Traceback (most recent call last):\n  File one\n";
    log.write(head);
    const book = new LogBook();
    book.text(log.write("  File two\nValueError: no\nplain\n"));
    expect(book.view().levels).toMatchObject({ error: 1, none: 2 });
    book.older(COMFY, log.tail(0, bytes(head)));
    expect(linesOf(book.view()).map(({ level }) => level)).toEqual([
      ...Array<string>(4).fill("error"),
      "none",
    ]);
    expect(book.view().levels).toMatchObject({ error: 1, none: 1 });
    book.text(log.write("[INFO] on\n"));
    expect(linesOf(book.view()).map(({ level }) => level)).toEqual([
      ...Array<string>(4).fill("error"),
      "none",
      "info",
    ]);
  });

  it("puts them among those of other logs by time", () => {
    const book = new LogBook();
    const out = writer();
    const past = { past: true, at: at("10:00:00") };
    const old = "09:00:00 a\n09:00:02 c\n";
    out.write(old);
    book.text(out.write("09:00:04 e\n", past));
    book.text(writer({ stream: "err", file: "f2" }).write("09:00:01 b\n09:00:03 d\n", past));
    book.view();
    book.older(COMFY, { ...out.tail(0, bytes(old)), written_at: iso(at("10:00:00")) });
    expect(textsOf(book.view()).map((text) => text.at(-1))).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("loads nothing in front of what was in the file before it was emptied", () => {
    const { book, log } = begun(300, 400);
    book.mark(mark({ kind: "truncated", file: "f1" }));
    book.text(writer().write("new\n"));
    expect(book.view().sources).toMatchObject([{ atStart: true }]);
    expect(book.older(COMFY, log.tail(0, 8))).toBe(0);
    expect(shown(book.view()).at(0)).toBe("línea 300");
  });

  it("fills a gap a part at a time, from its end", () => {
    const { book, log } = begun(0, 10);
    log.write(numbered(10, 40));
    book.mark(
      mark({
        kind: "skipped",
        file: "f1",
        from: byteOf(10),
        to: byteOf(40),
        bytes: byteOf(40) - byteOf(10),
        lines: 30,
      }),
    );
    book.text(log.write(numbered(40, 50)));
    const [gap] = marksOf(book.view());
    const id = gap?.id ?? 0;
    book.fill(id, log.tail(byteOf(30), byteOf(40)));
    expect(shown(book.view())).toEqual([...texts(0, 10), "<skipped>", ...texts(30, 50)]);
    expect(marksOf(book.view())[0]).toMatchObject({
      id,
      mark: { to: byteOf(30), lines: 20, bytes: byteOf(30) - byteOf(10) },
    });
    book.fill(id, log.tail(byteOf(15), byteOf(20)));
    expect(shown(book.view())).toEqual([
      ...texts(0, 10),
      "<skipped>",
      ...texts(15, 20),
      "<skipped>",
      ...texts(30, 50),
    ]);
    for (const { id: each, mark: left } of marksOf(book.view())) {
      if (left.kind === "skipped") book.fill(each, log.tail(left.from, left.to));
    }
    expect(shown(book.view())).toEqual(texts(0, 50));
    const ids = entriesOf(book.view()).map((entry) => entry.id);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(50);
  });

  it("keeps ids and keys apart and in order however often a gap is filled", () => {
    const { book, log } = begun(0, 10);
    log.write(numbered(10, 2000));
    book.mark(
      mark({
        kind: "skipped",
        file: "f1",
        from: byteOf(10),
        to: byteOf(2000),
        bytes: 1,
        lines: 1990,
      }),
    );
    book.text(log.write(numbered(2000, 2010)));
    const gap = () => marksOf(book.view())[0];
    for (let to = 2000; to > 10; to -= 10)
      book.fill(gap()?.id ?? 0, log.tail(byteOf(to - 10), byteOf(to)));
    expect(shown(book.view())).toEqual(texts(0, 2010));
    for (const numbers of [
      entriesOf(book.view()).map(({ id }) => id),
      book.view().blocks.map(({ key }) => key),
    ]) {
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    }
  });

  it("keeps the oldest, and lets a mark stand for the newest that it has no room for", () => {
    const { book, log } = begun(300, 400, { maxLines: 200 });
    book.older(COMFY, log.tail(byteOf(250), byteOf(300)));
    for (let i = 400; i < 2000; i += 40) book.text(log.write(numbered(i, i + 40)));
    const view = book.view();
    const kept = view.lines;
    expect(kept).toBeGreaterThan(300);
    expect(kept).toBeLessThanOrEqual(400);
    expect(view).toMatchObject({ received: 1700, dropped: 0 });
    const gap = marksOf(view)[0];
    expect(marksOf(view).length).toBe(1);
    const from = gap?.mark.kind === "skipped" ? gap.mark.from : 0;
    const first = texts(0, 2000).findIndex((_, line) => byteOf(line) === from);
    expect(shown(view).slice(0, first - 250)).toEqual(texts(250, first));
    const behind = shown(view).slice(first - 249);
    expect(behind).toEqual(texts(2000 - behind.length, 2000));
    expect(gap?.mark).toMatchObject({
      to: byteOf(2000 - behind.length),
      lines: 2000 - behind.length - first,
    });
    book.follow();
    book.text(log.write(numbered(2000, 2040)));
    expect(book.view().lines).toBeLessThanOrEqual(200);
    expect(shown(book.view()).slice(-41 - behind.length)).toEqual([
      "<skipped>",
      ...texts(2000 - behind.length, 2040),
    ]);
  });

  it("reads up to the very beginning of a log that is larger than it", () => {
    const { book, log } = begun(4900, 5000, { maxLines: 300 });
    for (let to = 4900; to > 0; to -= 100) {
      expect(book.older(COMFY, log.tail(byteOf(to - 100), byteOf(to)))).toBe(100);
      expect(entriesOf(book.view()).length).toBeLessThanOrEqual(650);
    }
    expect(textsOf(book.view()).slice(0, 500)).toEqual(texts(0, 500));
    expect(book.view().sources).toMatchObject([{ oldest: 0, atStart: true }]);
    const [gap] = marksOf(book.view());
    expect(gap?.mark).toMatchObject({ kind: "skipped", to: log.size() });
  });
});
