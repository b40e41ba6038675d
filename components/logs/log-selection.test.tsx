// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useRef } from "react";
import { afterEach, expect, it } from "vitest";
import { LogBook } from "@/lib/client/log/book";
import { LogRows, type RowLook } from "./log-rows";
import type { Rows } from "./use-log-filter";
import { useLogSelection } from "./use-log-selection";

afterEach(cleanup);

const LOOK: RowLook = {
  tags: new Map(),
  showsStream: true,
  folded: new Map(),
  isFiltered: false,
};

function linesOf(count: number): Rows[] {
  const book = new LogBook();
  const text = Array.from({ length: count }, (_, i) => `\u001b[31mline\u001b[0m ${i}.\n`).join("");
  const of = { service: "comfy", stream: "out", file: "f1" } as const;
  const at = "2026-02-11T10:00:00.000Z";
  book.text({ ...of, offset: 0, end: text.length, at, past: false, text });
  return book.view().blocks.map((block) => ({ block, indexes: [...block.entries.keys()] }));
}

/** Draws what is "in sight", by the indexes of the blocks, and what the selection needs besides. */
function List({ rows, inSight }: { rows: readonly Rows[]; inSight: [number, number] }) {
  const scroller = useRef<HTMLDivElement>(null);
  const { rangeExtractor, onCopy } = useLogSelection(scroller, rows);
  const [startIndex, endIndex] = inSight;
  const drawn = rangeExtractor({ startIndex, endIndex, overscan: 0, count: rows.length });
  return (
    <div ref={scroller} role="log" onCopy={onCopy}>
      {rows.map((part, index) =>
        drawn.includes(index) ? (
          <div key={part.block.key} data-key={part.block.key} data-testid="block">
            <LogRows {...part} hits={[]} now={null} here={null} look={LOOK} />
          </div>
        ) : null,
      )}
    </div>
  );
}

function lineWith(text: string): Element {
  const lines = [...document.querySelectorAll(".log-line")];
  return lines.find((line) => line.textContent === text) ?? document.body;
}

function select(from: string, to: string) {
  const range = document.createRange();
  // "ne 40." and "li".
  range.setStart(lineWith(from).querySelector("span")?.firstChild ?? document.body, 2);
  range.setEnd(lineWith(to).querySelector("span")?.firstChild ?? document.body, 2);
  document.getSelection()?.removeAllRanges();
  document.getSelection()?.addRange(range);
  act(() => void document.dispatchEvent(new Event("selectionchange")));
}

function copied(): string {
  let text = "";
  const clipboardData = { setData: (_type: string, value: string) => (text = value) };
  fireEvent.copy(screen.getByRole("log"), { clipboardData });
  return text;
}

it("keeps a selection of which neither end is in sight, and copies what lies between", () => {
  const rows = linesOf(400);
  const { rerender } = render(<List rows={rows} inSight={[0, 7]} />);
  select("line 40.", "line 260.");
  rerender(<List rows={rows} inSight={[7, 7]} />);
  expect(screen.getAllByTestId("block")).toHaveLength(3);
  expect(document.getSelection()?.anchorNode?.isConnected).toBe(true);
  const lines = copied().split("\n");
  expect(lines).toHaveLength(221);
  expect(lines[0]).toBe("ne 40.");
  expect(lines[1]).toBe("line 41.");
  expect(lines.at(-1)).toBe("li");

  act(() => {
    document.getSelection()?.removeAllRanges();
    document.dispatchEvent(new Event("selectionchange"));
  });
  expect(screen.getAllByTestId("block")).toHaveLength(1);
});

it("leaves the copying of a part of one line to the browser", () => {
  render(<List rows={linesOf(10)} inSight={[0, 0]} />);
  select("line 4.", "line 4.");
  expect(copied()).toBe("");
});
