import { expect, test } from "vitest";
import { joinOutput } from "./output";

test("goes on from what is held", () => {
  expect(joinOutput("", "a\nb")).toBe("a\nb");
  expect(joinOutput("a\nb\nc", "b\nc\nd")).toBe("a\nb\nc\nd");
});

test("a line that grows is the same line", () => {
  expect(joinOutput("a\n10%", "a\n10%\r60%")).toBe("a\n10%\r60%");
});

test("lines alike are not mistaken for each other", () => {
  expect(joinOutput("x\nok\nok", "ok\nok\nok")).toBe("x\nok\nok\nok");
  expect(joinOutput("book\nend", "ok\nend")).toBe("ok\nend");
});

test("begins anew where too much came at once", () => {
  expect(joinOutput("a\nb", "x\ny")).toBe("x\ny");
});
