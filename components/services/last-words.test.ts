import { expect, test } from "vitest";
import { lastWords } from "./last-words";

test("the last lines with something in them are kept", () => {
  expect(lastWords("1\n2\n\n3\n4\n5\n6\n7\n \n", 3)).toEqual(["5", "6", "7"]);
});

test("colours, titles and links are not words", () => {
  const log =
    "\u001b[1;31mred\u001b[0m \u001b]0;title\u0007and \u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\";
  expect(lastWords(log)).toEqual(["red and link"]);
});

test("of a progress bar the last state counts", () => {
  expect(lastWords("10 %\r50 %\r100 %\r\ndone\r\n")).toEqual(["100 %", "done"]);
});

test("an empty log has none", () => {
  expect(lastWords("\n\n")).toEqual([]);
});
