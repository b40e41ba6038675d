import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, it, vi } from "vitest";
import type { LogTail } from "@/lib/contract/logs";
import { logDownloadUrl, logInfoQuery, logStreamQuery, logTailQuery } from "./logs";

function numbered(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `${1000 + from + i}\n`).join("");
}

/** The last `lines` of `total` lines of five bytes. */
function tailOf(total: number, lines: number): LogTail {
  const from = Math.max(0, total - lines);
  return {
    log: numbered(from, total),
    path: "/workspace/logs/comfy.out.log",
    stream: "out",
    size: total * 5,
    offset: from * 5,
    truncated: false,
    written_at: "2026-02-10T18:00:00.000Z",
  };
}

function serve(answer: (search: URLSearchParams) => Response): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return answer(new URL(path, "http://panel.test").searchParams);
  });
  return asked;
}

function missing(): Response {
  return Response.json({ code: "not_found", detail: "comfy has no err log." }, { status: 404 });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it("asks only for the end of a long text again, and puts it together", async () => {
  let total = 3000;
  const asked = serve((search) => Response.json(tailOf(total, Number(search.get("lines")))));
  const client = new QueryClient();
  const query = logTailQuery({ name: "a b", stream: "out", lines: 1000 });
  await client.fetchQuery(query);
  total = 3150;
  const { log, offset, size } = await client.fetchQuery(query);
  expect({ log, offset, size }).toEqual({
    log: numbered(2000, 3150),
    offset: 10_000,
    size: 15_750,
  });
  expect(asked).toEqual([
    "/api/services/a%20b/log?lines=1000&stream=out",
    "/api/services/a%20b/log?lines=200&stream=out",
  ]);
});

it.each([
  ["a gap", 4000],
  ["a rotation", 50],
])("asks for all of it after %s", async (_, next) => {
  let total = 3000;
  const asked = serve((search) => Response.json(tailOf(total, Number(search.get("lines")))));
  const client = new QueryClient();
  const query = logTailQuery({ name: "comfy", stream: "out", lines: 1000 });
  await client.fetchQuery(query);
  total = next;
  expect(await client.fetchQuery(query)).toEqual(tailOf(next, 1000));
  expect(asked).toHaveLength(3);
});

it("leaves size and last write of what it read for the tab", async () => {
  serve((search) => Response.json(tailOf(10, Number(search.get("lines")))));
  const client = new QueryClient();
  await client.fetchQuery(logTailQuery({ name: "comfy", stream: "out", lines: 200 }));
  const info = client.getQueryData(logInfoQuery({ name: "comfy", stream: "out" }).queryKey);
  expect(info).toEqual({ ...tailOf(10, 200), log: "" });
});

it("takes a stream without a file as data for its tab, and as an error for its text", async () => {
  serve(missing);
  const client = new QueryClient();
  expect(await client.fetchQuery(logInfoQuery({ name: "comfy", stream: "err" }))).toBeNull();
  expect(await client.fetchQuery(logStreamQuery("comfy"))).toBe("out");
  const text = client.fetchQuery(logTailQuery({ name: "comfy", stream: "err", lines: 200 }));
  await expect(text).rejects.toMatchObject({ code: "not_found", message: "comfy has no err log." });
});

it("has the text of the stream that the server picked at once", async () => {
  serve((search) => Response.json(tailOf(10, Number(search.get("lines")))));
  const client = new QueryClient();
  expect(await client.fetchQuery(logStreamQuery("comfy"))).toBe("out");
  const { queryKey } = logTailQuery({ name: "comfy", stream: "out", lines: 200 });
  expect(client.getQueryData(queryKey)).toEqual(tailOf(10, 200));
});

it("names the file to download", () => {
  expect(logDownloadUrl("web:one", "err")).toBe("/api/services/web%3Aone/log/download?stream=err");
});
