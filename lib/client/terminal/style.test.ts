import { describe, expect, it } from "vitest";
import { applySgr, PLAIN, type Style } from "./style";

const red: Style = { ...PLAIN, fg: "red" };

describe("applySgr", () => {
  it.each<[string, Partial<Style>]>([
    ["31", { fg: "red" }],
    ["1;31", { fg: "red", bold: true }],
    ["91;44", { fg: "bright-red", bg: "blue" }],
    ["104", { bg: "bright-blue" }],
    ["38;5;9", { fg: "bright-red" }],
    ["38;5;196", { fg: "#ff0000" }],
    ["48;5;244", { bg: "#808080" }],
    ["38;2;255;136;0", { fg: "#ff8800" }],
    ["38:2::255:100:0", { fg: "#ff6400" }],
    ["38:2:255:100:0", { fg: "#ff6400" }],
    ["38:5:196", { fg: "#ff0000" }],
    ["2;3;4;7;9", { dim: true, italic: true, underline: true, inverse: true, strike: true }],
    ["4:3", { underline: true }],
    ["", {}],
    ["0;32", { fg: "green" }],
  ])("%s from plain", (parameters, expected) => {
    expect(applySgr(PLAIN, parameters)).toEqual({ ...PLAIN, ...expected });
  });

  it.each([
    ["38;20", red],
    ["38;20;1", { ...red, bold: true }],
    ["38", red],
    ["38;5", red],
    ["38;2;1", red],
    ["38;5;999;1", { ...red, bold: true }],
    ["38;2;300;1;1;1", { ...red, bold: true }],
    ["58;2;1;4;7;3", { ...red, italic: true }],
    ["38:9", red],
    ["999999999999999", red],
    ["31;", PLAIN],
  ])("%s skips what is malformed alone", (parameters, expected) => {
    expect(applySgr(red, parameters)).toEqual(expected);
  });

  it("ends at the plain style itself", () => {
    const styled = applySgr(PLAIN, "1;31;44");
    expect(applySgr(styled, "22;39;49")).toBe(PLAIN);
  });
});
