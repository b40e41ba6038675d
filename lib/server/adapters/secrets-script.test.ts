import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { assignmentsIn } from "./secrets-script";

const SCRIPT = [
  "# Read by the services",
  "export A='0a1b2c3d4e5f'",
  `export B='it'\\''s long'`,
  `  C="with \\"quotes\\" and \\n" # mine`,
  "D=plain\\ word; export D",
  "\texport E=''",
  "F=\"two\nlines\"'joined'",
  'G="as it is: it\'s"',
  "#H='commented-out'",
  "I=é✓",
  "A=again",
].join("\n");

test("each is what bash makes of it", () => {
  const found = new Map(assignmentsIn(SCRIPT));
  const names = ["A", "B", "C", "D", "F", "G", "I"];
  const tell = `${SCRIPT}\nprintf '%s\\0' ${names.map((name) => `"$${name}"`).join(" ")}`;
  const said = execFileSync("bash", ["-c", tell], { encoding: "utf8" });
  expect(names.map((name) => found.get(name))).toEqual(said.split("\0").slice(0, -1));
  expect(found.has("H")).toBe(false);
});

test("lines of another system, and a quote that never ends, take nothing with them", () => {
  const script = "A=one\r\nB='two'\r\nC='never ends\nD=four";
  expect(assignmentsIn(script)).toEqual([
    ["A", "one"],
    ["B", "two"],
    ["D", "four"],
  ]);
});
