import { describe, expect, it } from "vitest";
import { levelOf } from "./levels";
import { MOST_RECORD_LINES, type RecordState, recordAfter } from "./records";

/** The records of a text, each with its level and its number of lines. */
function recordsOf(text: string): [string, number][] {
  const records: RecordState[] = [];
  for (const line of text.split("\n")) {
    const state = recordAfter(records.at(-1) ?? null, line, levelOf(line));
    if (state.lines === 1) records.push(state);
    else records[records.length - 1] = state;
  }
  return records.map(({ level, lines }) => [level, lines]);
}

const TRACEBACK = `Traceback (most recent call last):
  File "main.py", line 22, in download
    try: r.raise_for_status()
         ^^^^^^^^^^^^^^^^^^^^
requests.exceptions.HTTPError: 401 Client Error`;

describe("recordAfter", () => {
  it.each([
    [
      "lines of their own",
      "one\ntwo\n[INFO] three",
      [
        ["none", 1],
        ["none", 1],
        ["info", 1],
      ],
    ],
    [
      "a traceback",
      `before\n${TRACEBACK}\nafter`,
      [
        ["none", 1],
        ["error", 5],
        ["none", 1],
      ],
    ],
    ["one that a log line introduces", `ERROR: no\n${TRACEBACK}`, [["error", 6]]],
    ["one that a warning introduces", `[WARNING] no\n${TRACEBACK}`, [["error", 6]]],
    [
      "one that no log line introduces",
      `[INFO] on\n${TRACEBACK}`,
      [
        ["info", 1],
        ["error", 5],
      ],
    ],
    [
      "two of them",
      `${TRACEBACK}\n${TRACEBACK}`,
      [
        ["error", 5],
        ["error", 5],
      ],
    ],
    [
      "chained ones",
      `${TRACEBACK}\n\nDuring handling of the above exception, another exception occurred:\n\n${TRACEBACK}\nx`,
      [
        ["error", 13],
        ["none", 1],
      ],
    ],
    [
      "a cause",
      `${TRACEBACK}\n\nThe above exception was the direct cause of the following exception:\n\n${TRACEBACK}`,
      [["error", 13]],
    ],
    [
      "a blank behind it",
      `${TRACEBACK}\n\nnext`,
      [
        ["error", 6],
        ["none", 1],
      ],
    ],
    [
      "a log line within it",
      "Traceback (most recent call last):\n[INFO] other\nx",
      [
        ["error", 1],
        ["info", 1],
        ["none", 1],
      ],
    ],
    [
      "an exception without a colon",
      "Traceback (most recent call last):\n  File\nKeyboardInterrupt\nx",
      [
        ["error", 3],
        ["none", 1],
      ],
    ],
    [
      "one of a worker",
      `${TRACEBACK.replaceAll(/^/gm, "[rank0]: ")}\nx`,
      [
        ["error", 5],
        ["none", 1],
      ],
    ],
    [
      "one that rich has drawn",
      "╭─ Traceback (most recent call last) ─╮\n│ main.py:36 in <module>  │\n╰─────╯\nFileNotFoundError: no\nx",
      [
        ["error", 4],
        ["none", 1],
      ],
    ],
    [
      "rows that rich has wrapped",
      "2026-11-23 01:50:05 INFO     loading\n                             missing=[]\n                    WARNING  off\n                             because",
      [
        ["info", 2],
        ["warn", 2],
      ],
    ],
    [
      "a warning and its source",
      "a.py:1: UserWarning: old\n  return x\nnext",
      [
        ["warn", 2],
        ["none", 1],
      ],
    ],
    [
      "no progress bar",
      "[ERROR] no\n  5%|▌    | 1/20\n 50%|█████ | 10/20",
      [
        ["error", 1],
        ["none", 1],
        ["none", 1],
      ],
    ],
    ["indented lines at the start", "  a\n  b", [["none", 2]]],
  ])("holds together %s", (_, text, expected) => {
    expect(recordsOf(text)).toEqual(expected);
  });

  it("ends a record that does not end", () => {
    const text = `start${"\n  more".repeat(2 * MOST_RECORD_LINES)}`;
    expect(recordsOf(text).map(([, lines]) => lines)).toEqual([1000, 1000, 1]);
  });
});
