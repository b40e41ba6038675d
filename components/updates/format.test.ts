import { expect, test } from "vitest";
import { nameVersion, shortVersion } from "./format";

test("a version is cut to what tells it from others", () => {
  const commit = "a055947".padEnd(40, "0");
  expect(shortVersion("main@a055947")).toBe("a055947");
  expect(shortVersion(commit)).toBe("a055947");
  expect(shortVersion("6.11.1")).toBe("6.11.1");
  expect(shortVersion(null)).toBe("its version");
  expect(nameVersion("main@a055947")).toBe("main@a055947");
  expect(nameVersion(commit)).toBe("a055947");
});
