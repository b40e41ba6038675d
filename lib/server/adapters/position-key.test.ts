import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testFolder } from "../testing/test-folder";
import { readPositionKey } from "./position-key";

test("it is made once, for nobody else to read, and stays", () => {
  const path = join(testFolder("key"), "run", "position-key");

  const key = readPositionKey(path);

  expect(key.length).toBe(32);
  expect(readPositionKey(path).equals(key)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("one that is broken is made anew, one that cannot be kept is good for this server", () => {
  const path = join(testFolder("key"), "position-key");
  writeFileSync(path, "half");
  const key = readPositionKey(path);
  expect(readPositionKey(path).equals(key)).toBe(true);

  const nowhere = join(path, "below-a-file");
  expect(readPositionKey(nowhere).length).toBe(32);
  expect(readPositionKey(nowhere).equals(readPositionKey(nowhere))).toBe(false);
});
