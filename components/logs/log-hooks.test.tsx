// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { LogBook } from "@/lib/client/log/book";
import type { BookView } from "@/lib/client/log/types";
import { useFollow } from "./use-follow";
import { type Rows, useFilterWishes, useLogFilter } from "./use-log-filter";
import { useLogFind, useLogPattern } from "./use-log-find";
import { useLogFolds } from "./use-log-folds";

const AT = "2026-02-11T10:00:00.000Z";

function createLog() {
  const book = new LogBook();
  let end = 0;
  return {
    book,
    write(text: string): BookView {
      const offset = end;
      end += text.length;
      const of = { service: "comfy", stream: "err", file: "f1" } as const;
      book.text({ ...of, offset, end, at: AT, past: false, text });
      return book.view();
    },
  };
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `line ${from + i}.\n`).join("");

const textsOf = ({ blocks }: BookView) =>
  blocks.flatMap(({ entries }) => entries.flatMap((e) => (e.kind === "line" ? e.line.text : [])));

function renderFind(view: BookView) {
  return renderHook(
    ({ blocks }) => {
      const pattern = useLogPattern();
      return { pattern, find: useLogFind(pattern, rowsOf(blocks), () => idOf(view, "line 120.")) };
    },
    { initialProps: view },
  );
}

function linesOf(rows: readonly Rows[]): string[] {
  return rows.flatMap(({ block, indexes }) =>
    indexes.flatMap((index) => {
      const entry = block.entries[index];
      return entry?.kind === "line" ? entry.line.text : [];
    }),
  );
}

function rowsOf(blocks: BookView["blocks"]): Rows[] {
  return blocks.map((block) => ({ block, indexes: [...block.entries.keys()] }));
}

function idOf({ blocks }: BookView, text: string): number {
  for (const { entries } of blocks) {
    for (const entry of entries)
      if (entry.kind === "line" && entry.line.text === text) return entry.id;
  }
  return Number.NaN;
}

it("finds from the line in front of the reader on, and steps in the order of the lines", () => {
  const view = createLog().write(numbered(0, 300));
  const { result } = renderFind(view);
  act(() => result.current.pattern.setText("5."));
  act(() => result.current.find.seek());
  expect(result.current.find.count).toBe(30);
  expect(result.current.find.now?.id).toBe(idOf(view, "line 125."));
  expect(result.current.find.index).toBe(12);

  act(() => void result.current.find.step(-1));
  expect(result.current.find.now?.id).toBe(idOf(view, "line 115."));
  act(() => result.current.find.toLast());
  expect(result.current.find.now?.id).toBe(idOf(view, "line 295."));
  let stepped = true;
  act(() => {
    stepped = result.current.find.step(1);
  });
  expect(stepped).toBe(false);
});

it("says of a pattern that is none that it is none", () => {
  const { result } = renderFind(createLog().write(numbered(0, 3)));
  act(() => result.current.pattern.setText("line ("));
  expect(result.current.find.count).toBe(0);
  expect(result.current.pattern.isInvalid).toBe(false);
  act(() => result.current.pattern.toggleRegex());
  expect(result.current.pattern.isInvalid).toBe(true);
  act(() => result.current.pattern.setText("line [12]"));
  expect(result.current.find.count).toBe(2);
});

it("stands still while it is paused, and counts what comes", () => {
  const log = createLog();
  const { result, rerender } = renderHook(({ view }) => useFollow(view), {
    initialProps: { view: log.write(numbered(0, 10)) },
  });
  act(() => result.current.pause("scrolled"));
  const stood = result.current.shown;
  rerender({ view: log.write(numbered(10, 14)) });
  expect(result.current.shown).toBe(stood);
  expect(result.current.newLines).toBe(4);
  act(() => result.current.follow());
  expect(textsOf(result.current.shown)).toHaveLength(14);
  expect(result.current.newLines).toBe(0);
});

it("paused before anything came, it shows what comes first, and stands still then", () => {
  const log = createLog();
  const { result, rerender } = renderHook(({ view }) => useFollow(view), {
    initialProps: { view: log.book.view() },
  });
  act(() => result.current.pause("sought"));
  rerender({ view: log.write(numbered(0, 9)) });
  rerender({ view: log.write(numbered(9, 12)) });
  expect(textsOf(result.current.shown)).toHaveLength(9);
  expect(result.current.newLines).toBe(3);
});

it("takes older lines in while it is paused, and nothing that came at the end", () => {
  const book = new LogBook();
  const of = { service: "comfy", stream: "err", file: "f1" } as const;
  book.text({ ...of, offset: 8, end: 16, at: AT, past: true, text: "line 1.\n" });
  const { result, rerender } = renderHook(({ view }) => useFollow(view), {
    initialProps: { view: book.view() },
  });
  act(() => result.current.pause("scrolled"));
  book.text({ ...of, offset: 16, end: 24 + 8 * 60, at: AT, past: false, text: numbered(2, 63) });
  const tail = {
    ...of,
    path: "/x",
    log: "line 0.\n",
    offset: 0,
    end: 8,
    size: 16,
    truncated: false,
  };
  book.older(of, { ...tail, written_at: AT });
  const view = book.view();
  rerender({ view });
  act(() => result.current.include(view));
  expect(textsOf(result.current.shown)[0]).toBe("line 0.");
  expect(result.current.shown.blocks.length).toBeLessThan(view.blocks.length);
  expect(result.current.newLines).toBeGreaterThan(0);
});

it("hides what is unwanted, and shows what a level or a pattern asks for, records whole", () => {
  const view = createLog().write(
    'INFO all is well\nheartbeat 1\nTraceback (most recent call last):\n  File "a.py", line 1\nValueError: bad\nWARNING: hot\nheartbeat 2\n',
  );
  const { result, rerender } = renderHook(
    ({ sought }: { sought: RegExp | null }) => useLogFilter(view.blocks, useFilterWishes(sought)),
    { initialProps: { sought: null as RegExp | null } },
  );
  const shown = () => linesOf(result.current.rows);
  act(() => result.current.setHidden("heartbeat, WELL"));
  expect(shown()).toEqual([
    "Traceback (most recent call last):",
    '  File "a.py", line 1',
    "ValueError: bad",
    "WARNING: hot",
  ]);
  act(() => result.current.toggleLevel("warn"));
  expect(shown()).toEqual(["WARNING: hot"]);
  act(() => result.current.showAll());
  act(() => result.current.toggleOnly());
  rerender({ sought: /ValueError/gu });
  expect(shown()).toEqual([
    "Traceback (most recent call last):",
    '  File "a.py", line 1',
    "ValueError: bad",
  ]);
});

it("finds in the lines that are shown, and unfolds the record that a hit is in", () => {
  const trace = "Traceback (most recent call last):";
  const view = createLog().write(
    `INFO it is bad\n${trace}\n  File "bad.py", line 1\nValueError: bad\nWARNING: not bad\n`,
  );
  const { result } = renderHook(() => {
    const pattern = useLogPattern();
    const filter = useLogFilter(view.blocks, useFilterWishes(pattern.pattern));
    const find = useLogFind(pattern, filter.rows, () => Number.NaN);
    return { pattern, filter, find, folds: useLogFolds(filter.rows, find) };
  });
  const now = () => result.current.find.now?.id;
  act(() => result.current.filter.toggleLevel("error"));
  act(() => result.current.folds.toggle(idOf(view, trace)));
  expect(linesOf(result.current.folds.rows)).toEqual([trace]);
  expect([...result.current.folds.folded.values()]).toEqual([
    { lines: 3, words: "ValueError: bad" },
  ]);

  act(() => result.current.pattern.setText("bad"));
  act(() => result.current.find.toLast());
  expect(result.current.find.count).toBe(2);
  expect(now()).toBe(idOf(view, "ValueError: bad"));
  expect(linesOf(result.current.folds.rows)).toHaveLength(3);

  act(() => result.current.folds.toggle(idOf(view, trace)));
  expect(linesOf(result.current.folds.rows)).toHaveLength(1);
  act(() => void result.current.find.step(-1));
  expect(now()).toBe(idOf(view, '  File "bad.py", line 1'));
  expect(linesOf(result.current.folds.rows)).toHaveLength(3);
});
