import { expect, test } from "vitest";
import { cutsOf, forAll, textOf } from "@/lib/testing/fuzz";
import { Terminal } from "./terminal";

const output = textOf(
  "\x1b[",
  "\x1b]0;",
  "\x1b(B",
  "\x07",
  "\x1bc",
  "1",
  "38;5;1",
  "99999",
  ";",
  "A",
  "B",
  "G",
  "J",
  "K",
  "m",
  "\r",
  "\n",
  "\b",
  "\t",
  "\u{1f4a9}",
  "e\u0301",
  "100%|###",
  "\ud83d",
  "\x9b",
);

function linesOf(pieces: string[]): string[] {
  const terminal = new Terminal({ maxColumns: 200 });
  const settled = pieces.flatMap((piece) => terminal.feed(piece));
  return [...settled, ...terminal.open()].map((line) => JSON.stringify(line));
}

test("however its output is cut, a program's lines are the same", () => {
  forAll([output, cutsOf()], (text, cut) => {
    expect(linesOf(cut(text))).toEqual(linesOf([text]));
  });
});

test("no line shows what steers a terminal, or is longer than it may be", () => {
  forAll([output], (text) => {
    const terminal = new Terminal({ maxColumns: 200 });
    for (const line of [...terminal.feed(text), ...terminal.open()]) {
      expect(line.text).not.toMatch(/(?!\t)\p{Cc}/u);
      expect(line.spans.map((span) => span.text).join("")).toBe(line.text);
    }
    expect(terminal.length).toBe(text.length);
  });
});
