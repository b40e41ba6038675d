import { expect, test } from "vitest";
import type { ScanPlace, ScanReport } from "./adapters/log-scan";
import type { ScanWish } from "./adapters/log-scan-file";
import { createLogSearch } from "./log-search";

const never = new AbortController().signal;
const WISH = { q: "x", regex: false, case: false, limit: 200 };
const FOUND: ScanReport = {
  kind: "found",
  file: "1-a",
  matches: [{ offset: 4, line: 2, text: "x" }],
  scannedTo: 4,
  counts: null,
};

function searchOf(answer: (place: ScanPlace) => ScanReport | null) {
  const asked: { place: ScanPlace; wish: ScanWish }[] = [];
  const search = createLogSearch({
    logs: {
      locate: async (_name, stream = "err") => ({ stream, path: `/logs/${stream}` }),
      paths: async () => ({ out: "/logs/out", err: "/logs/err" }),
    },
    scan: async (place, wish) => {
      asked.push({ place, wish });
      return answer(place);
    },
  });
  return { ...search, asked };
}

test("matches are told with their stream, and how far the search has come", async () => {
  const { search, asked } = searchOf(() => FOUND);

  expect(await search("comfy", { ...WISH, before: 90, limit: 5000 }, never)).toEqual({
    file: "1-a",
    matches: [{ stream: "err", offset: 4, line: 2, text: "x" }],
    scanned_to: 4,
    exhausted: false,
  });
  expect(asked).toEqual([
    { place: { path: "/logs/err", before: 90 }, wish: { ...WISH, limit: 1000 } },
  ]);
});

test("at the start of the file there is nothing left", async () => {
  const { search } = searchOf(() => ({ ...FOUND, scannedTo: 0 }));
  expect(await search("comfy", WISH, never)).toMatchObject({ exhausted: true });
});

test("a file by its id is looked for in both streams, or in the one that is asked for", async () => {
  const inErr = searchOf(({ path }) => (path === "/logs/err" ? FOUND : null));
  const wish = { ...WISH, file: "1-a" };

  const found = await inErr.search("comfy", wish, never);
  expect(found.matches).toMatchObject([{ stream: "err" }]);
  await expect(inErr.search("comfy", { ...wish, stream: "out" }, never)).rejects.toMatchObject({
    code: "not_found",
    message: "This file of comfy's log is gone: it was cleared or dropped.",
  });
});

test("a log that is not there yet is not found", async () => {
  const { search } = searchOf(() => null);
  await expect(search("comfy", WISH, never)).rejects.toMatchObject({ code: "not_found" });
});

test("what is no pattern is refused with the engine's reason, before anything is searched", async () => {
  const { search, asked } = searchOf(() => FOUND);

  await expect(search("comfy", { ...WISH, q: "a: (b", regex: true }, never)).rejects.toMatchObject({
    code: "invalid",
    message: "q is no regular expression: Unterminated group.",
  });
  await expect(search("comfy", { ...WISH, q: "a: (b" }, never)).resolves.toBeDefined();
  expect(asked).toHaveLength(1);
});

test.each([
  ["stuck", "invalid", "takes too long"],
  ["cut", "conflict", "Search again"],
] as const)("a search that is %s says what to do", async (kind, code, words) => {
  const { search } = searchOf(() => ({ kind, file: "1-a" }));

  await expect(search("comfy", WISH, never)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(words),
  });
});
