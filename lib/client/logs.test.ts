import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";
import {
  logDownloadUrl,
  logInfoQuery,
  logStreamUrl,
  logTailQuery,
  readLog,
  searchLog,
} from "./logs";

function serve(answer: () => Response): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return answer();
  });
  return asked;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it("takes a stream without a file as data for its tab, and as an error for its text", async () => {
  serve(() =>
    Response.json({ code: "not_found", detail: "comfy has no err log." }, { status: 404 }),
  );
  const client = new QueryClient();
  expect(await client.fetchQuery(logInfoQuery({ name: "comfy", stream: "err" }))).toBeNull();
  const text = client.fetchQuery(logTailQuery({ name: "comfy", stream: "err", lines: 200 }));
  await expect(text).rejects.toMatchObject({ code: "not_found", message: "comfy has no err log." });
});

it("asks for a part of a file by its bytes", async () => {
  const asked = serve(() => Response.json({}));
  await readLog("web:one", { stream: "err", file: "f1", before: 40, lines: 7 });
  const signal = new AbortController().signal;
  const wish = {
    q: "a&b",
    regex: false,
    case: true,
    stream: "out",
    file: "f1",
    before: 9,
  } as const;
  await searchLog("comfy", wish, signal);
  expect(asked).toEqual([
    "/api/services/web%3Aone/log?stream=err&file=f1&before=40&lines=7",
    "/api/services/comfy/log/search?q=a%26b&regex=false&case=true&stream=out&file=f1&before=9",
  ]);
});

it("names what is streamed and what is downloaded", () => {
  expect(logDownloadUrl("web:one", "err")).toBe("/api/services/web%3Aone/log/download?stream=err");
  expect(logStreamUrl(["web:one"], "both")).toBe(
    "/api/services/web%3Aone/log/stream?stream=both&lines=500",
  );
  expect(logStreamUrl(["comfy", "kohya"], "out")).toBe(
    "/api/logs/stream?names=comfy%2Ckohya&stream=out&lines=500",
  );
});
