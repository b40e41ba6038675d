import { expect, it } from "vitest";
import { createProgressReader } from "./update-progress";

it("shows git's percentage", () => {
  const read = createProgressReader();
  expect(read("remote: Counting objects:  12% (3/25)\r")).toBe("counting objects, 12 %");
  expect(read("Receiving objects:  61% (1/2)\rReceiving objects:  62% (31/50), 1.2 MiB\r")).toBe(
    "receiving objects, 62 %",
  );
});

it("shows pip's package, and how much of it is here", () => {
  const read = createProgressReader();
  expect(read("Collecting torchao==0.12.0\n")).toBe("torchao==0.12.0");
  expect(read("  Downloading https://index/torchao-0.12.0-py3-none-any.whl (6.9 MB)\n")).toBe(
    "torchao-0.12.0-py3-none-any.whl",
  );
  expect(read("Progress 4300 of 6900\n")).toBe("torchao-0.12.0-py3-none-any.whl, 62 %");
  expect(read("Progress 0 of 0\n")).toBeNull();
});

it("has nothing to show of other output", () => {
  expect(createProgressReader()("Installing collected packages: torchao\n")).toBeNull();
});
