import { describe, expect, it } from "vitest";
import { LogBook } from "./book";
import { type Filter, visibleIn, visibleInAll } from "./filter";
import { iso, writer } from "./testing";
import type { BookView, Entry, Level } from "./types";

const ALL: ReadonlySet<Level> = new Set(["error", "warn", "info", "debug", "none"]);

function filterWith(parts: Partial<Filter>): Filter {
  return { levels: ALL, sources: null, only: null, exclude: null, ...parts };
}

function seen({ blocks }: BookView, filter: Filter): string[] {
  const visible = visibleInAll(blocks, filter);
  return blocks.flatMap(({ entries }, i) =>
    (visible[i] ?? []).map((index) => wordsOf(entries[index])),
  );
}

function wordsOf(entry: Entry | undefined): string {
  return entry?.kind === "line" ? entry.line.text : `<${entry?.mark.kind}>`;
}

const TRACEBACK = [
  "Traceback (most recent call last):",
  '  File "main.py", line 1',
  "ValueError: no",
];

function smallBook(): LogBook {
  const book = new LogBook();
  const out = writer();
  const err = writer({ stream: "err", file: "f2" });
  book.text(out.write("[INFO] one\nplain\n"));
  book.text(err.write(`${TRACEBACK.join("\n")}\n`));
  book.mark({ kind: "rotated", service: "comfy", stream: "out", at: iso(0), file: "f3" });
  book.text(out.write("[WARNING] two\n"));
  return book;
}

describe("visibleInAll", () => {
  it.each<[string, Partial<Filter>, string[]]>([
    ["everything", {}, ["[INFO] one", "plain", ...TRACEBACK, "<rotated>", "[WARNING] two"]],
    ["levels, by record", { levels: new Set(["error"]) }, [...TRACEBACK, "<rotated>"]],
    ["lines without a level", { levels: new Set(["none"]) }, ["plain", "<rotated>"]],
    [
      "sources",
      { sources: new Set(["comfy out"]) },
      ["[INFO] one", "plain", "<rotated>", "[WARNING] two"],
    ],
    ["whole records with a match", { only: /ValueError/gu }, TRACEBACK],
    [
      "no record with an excluded line",
      { exclude: /main\.py|two/gu },
      ["[INFO] one", "plain", "<rotated>"],
    ],
    ["what is left of both", { only: /o/gu, exclude: /two/gu }, ["[INFO] one", ...TRACEBACK]],
  ])("shows %s", (_, parts, expected) => {
    expect(seen(smallBook().view(), filterWith(parts))).toEqual(expected);
  });

  const frames = Array.from({ length: 130 }, (_, i) => `  File "main.py", line ${i}`);
  const long = [TRACEBACK[0] ?? "", ...frames, "ValueError: far away"];

  function longBook(): LogBook {
    const book = new LogBook();
    book.text(
      writer().write(`${"before\n".repeat(40)}${long.join("\n")}\n${"after\n".repeat(40)}`),
    );
    return book;
  }

  it.each([
    /far away/u,
    /Traceback/u,
    /line 70$/u,
  ])("holds a record together over several blocks, with %s", (only) => {
    const view = longBook().view();
    expect(view.blocks.length).toBeGreaterThan(4);
    expect(seen(view, filterWith({ only }))).toEqual(long);
    const rest = seen(view, filterWith({ exclude: only }));
    expect(rest).toEqual([...Array<string>(40).fill("before"), ...Array<string>(40).fill("after")]);
  });

  it("gives the same arrays for blocks that stayed the same", () => {
    const book = longBook();
    const filter = filterWith({ only: /far away/u });
    const before = visibleInAll(book.view().blocks, filter);
    book.text(writer({ stream: "err", file: "f9" }).write("more\n"));
    const after = visibleInAll(book.view().blocks, filter);
    expect(after.length).toBeGreaterThanOrEqual(before.length);
    before.slice(0, -1).forEach((indexes, i) => {
      expect(after[i]).toBe(indexes);
    });
  });
});

describe("visibleIn", () => {
  it("is the same array for the same block and filter", () => {
    const [block] = smallBook().view().blocks;
    if (!block) throw new Error("no block");
    const filter = filterWith({ only: /one/u });
    expect(visibleIn(block, filter)).toEqual([0]);
    expect(visibleIn(block, filter)).toBe(visibleIn(block, filter));
    expect(visibleIn(block, filterWith({}))).not.toBe(visibleIn(block, filterWith({})));
  });
});
