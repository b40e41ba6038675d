import { withoutEscapes } from "@/lib/redaction/escapes";
import { lineStartAt } from "./log-scan-lines";
import type { Finder } from "./log-scan-literal";
import { excerptOf, shownLength } from "./log-scan-text";

/** Finds a regular expression, one line at a time, in the text as a terminal would show it. */
export function findPattern(pattern: RegExp): Finder {
  return function* find({ bytes, ahead }) {
    const text = withoutEscapes(bytes.toString());
    // Neither decoding nor taking escapes out changes where lines end, so these are the bytes' own lines.
    const lines = text.includes("\r") ? text.split(/[\r\n]/) : text.split("\n");
    let end = bytes.length;
    let reached = lines.length - 1;
    for (let i = lines.length - 1; i >= 0; i -= 1) {
      const line = lines[i] ?? "";
      const index = line === "" ? -1 : line.search(pattern);
      if (index === -1) continue;
      for (; reached > i; reached -= 1) end = lineStartAt(bytes, end) - 1;
      const start = lineStartAt(bytes, end);
      const isLast = end === bytes.length;
      const ownLength = line.length - (isLast ? shownLength(bytes.subarray(start), ahead) : 0);
      if (index < ownLength) yield { start, text: excerptOf(line, index) };
    }
  };
}
