// biome-ignore lint/style/noRestrictedImports: recordings are read from disk
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Line } from "./line";
import { Terminal, type TerminalOptions } from "./terminal";

const fixtures = new URL("fixtures/", import.meta.url);
const recordings = readdirSync(fixtures, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".expected.txt"))
  .map((file) => file.replace(".expected.txt", ""))
  .sort();

function read(file: string): Uint8Array {
  return readFileSync(new URL(file, fixtures));
}

function show(chunks: readonly string[], options?: Partial<TerminalOptions>): Line[] {
  const terminal = new Terminal(options);
  const settled = chunks.flatMap((chunk) => terminal.feed(chunk));
  return [...settled, ...terminal.open()];
}

function texts(input: string, options?: Partial<TerminalOptions>): string[] {
  return show([input], options).map((line) => line.text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

describe("recordings of real programs", () => {
  it.each(recordings)("%s reads as a terminal shows it", (file) => {
    const input = decode(read(file)).replaceAll("\ufffd", "");
    const shown = texts(input, { maxColumns: 200_000 }).map((line) => line.trimEnd());
    expect(shown.join("\n").trimEnd()).toBe(decode(read(`${file}.expected.txt`)).trimEnd());
  });
});

describe("cutting the input", () => {
  const nasty = readdirSync(new URL("nasty/", fixtures))
    .filter((file) => file.endsWith(".bin") && file !== "nasty-14.bin")
    .sort()
    .map((file) => decode(read(`nasty/${file}`)))
    .concat(
      decode(read("wide.bin")).slice(0, 400),
      "\x1b[31me\u0301\r\x1b[32mo\u0301\x1b[1D\u0308",
    );

  it.each(nasty)("gives the same lines wherever the cut is (%#)", (input) => {
    const whole = show([input]);
    for (let i = 0; i <= input.length; i++) {
      expect(show([input.slice(0, i), input.slice(i)])).toEqual(whole);
    }
    expect(show([...input])).toEqual(whole);
    expect(show(input.split(""))).toEqual(whole);
  });

  it.each([
    "tqdm-nested.log",
    "rich-progress.log",
    "git-clone-pty.log",
  ])("gives the same lines for %s in small pieces", (file) => {
    const input = decode(read(file));
    const pieces = input.match(/.{1,7}/gs) ?? [];
    expect(show(pieces)).toEqual(show([input]));
  });

  it("goes on from a copy as from the original", () => {
    const input = decode(read("rich-progress.log"));
    const half = new Terminal();
    const settled = half.feed(input.slice(0, 20_001));
    const copy = half.clone();
    half.feed("\r\x1b[2K something else");
    const rest = copy.feed(input.slice(20_001));
    expect([...settled, ...rest, ...copy.open()]).toEqual(show([input]));
  });
});

describe("overwriting", () => {
  it.each([
    ["a progress bar", "  0%\r 50%\r100%", ["100%"]],
    ["a shorter text", "downloading\rdone", ["doneloading"]],
    ["erasing to the end", "downloading\rdone\x1b[K", ["done"]],
    ["erasing to the start", "abcdef\x1b[3D\x1b[1K", ["    ef"]],
    ["erasing the row", "abcdef\x1b[2Kg", ["      g"]],
    ["a backspace", "abc\b\bX", ["aXc"]],
    ["a tab", "a\tb\r\tc", ["a       c"]],
    ["a column", "abcdef\x1b[3GX", ["abXdef"]],
    ["blanks that wipe", "12345\r     \r", [""]],
    ["half of a wide character", "漢字\rx", ["x 字"]],
    ["the other half of one", "漢字\x1b[2Gx", [" x字"]],
    ["a line above", "one\ntwo\x1b[A\rO", ["One", "two"]],
    ["lines above and below", "one\ntwo\nthree\x1b[2FO\x1b[ET", ["One", "Two", "three"]],
    ["all below", "one\ntwo\nthree\x1b[2F\x1b[J", [""]],
    ["a mark on a cell", "ae\r\x1b[Cé\u0301".normalize("NFD"), ["ae\u0301\u0301"]],
  ])("follows %s", (_, input, expected) => {
    expect(texts(input)).toEqual(expected);
  });

  it("keeps what was said when a program clears the screen or goes home", () => {
    expect(texts("before\x1b[2J\x1b[Hafter\x1b[Hagain\x1bcend")).toEqual([
      "before",
      "after",
      "again",
      "end",
    ]);
  });
});

describe("bounds", () => {
  it("cuts a long line and tells how much is missing", () => {
    const [line] = show(["abcdefgh漢\x1b[31mij"], { maxColumns: 4 });
    expect(line).toMatchObject({ text: "abcd", cut: 8 });
    expect(show(["abcdefgh\rx\x1b[K"], { maxColumns: 4 })[0]).toMatchObject({ text: "x", cut: 0 });
  });

  it("does not split a wide character at the cut", () => {
    expect(show(["abc漢d"], { maxColumns: 4 })[0]).toMatchObject({ text: "abc", cut: 2 });
  });

  it("gives rows away that are out of reach, and leaves them as they are", () => {
    const terminal = new Terminal({ reach: 2 });
    const settled = terminal.feed("1\n2\n3\n4\n5\x1b[99AX");
    expect(settled.map((line) => line.text)).toEqual(["1", "2", "3"]);
    expect(terminal.open().map((line) => line.text)).toEqual(["4X", "5"]);
  });

  it("keeps the marks on one character few", () => {
    const [line] = show([`e${"\u0301".repeat(500)}`], { maxColumns: 10 });
    expect(line?.text.length).toBe(11);
  });

  it("does not go far for a far cursor", () => {
    expect(show(["\x1b[999999999999Cx\x1b[999999999999Bx"])[0]?.text).toBe("");
  });

  it("gives back the lines that an unclosed title swallowed", () => {
    expect(texts("a\x1b]0;title\nb\nc\nd\ne\nf")).toEqual(["a", "b", "c", "d", "e", "f"]);
  });
});

describe("where rows begin", () => {
  it.each([
    ["lines", "one\r\ntwo\n\nthree"],
    ["rows that were gone back to", "one\ntwo\x1b[A\rO\nT\nthree"],
    ["characters of two units", "🦊\n🦊🦊\n🦊"],
    ["what an unclosed title swallowed", "a\x1b]0;title\nb\nc\nd\ne\nf"],
  ])("is told for %s, wherever the cut is", (_, input) => {
    for (let cut = 0; cut <= input.length; cut++) {
      const terminal = new Terminal({ reach: 1 });
      const settled = [terminal.read(input.slice(0, cut)), terminal.read(input.slice(cut))].flat();
      const rows = [...settled, ...terminal.rows()];
      expect(terminal.length).toBe(input.length);
      for (const row of rows.slice(1)) expect(input.charAt(row.start - 1)).toBe("\n");
      expect(rows.map(({ start }) => start)).toEqual([...new Set(rows.map(({ start }) => start))]);
      expect(rows[0]?.start).toBe(0);
    }
  });
});

describe("lines that do not change", () => {
  it("stay the same object", () => {
    const terminal = new Terminal();
    terminal.feed("one\ntwo");
    const [one, two] = terminal.open();
    terminal.feed(" and more");
    expect(terminal.open()[0]).toBe(one);
    expect(terminal.open()[1]).not.toBe(two);
    expect(two?.text).toBe("two");
  });
});
