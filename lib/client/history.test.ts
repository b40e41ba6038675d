import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import type { HistoryEvent, ServiceHistory } from "@/lib/contract/history";
import { serviceHistoryQuery } from "./history";

afterEach(() => vi.unstubAllGlobals());

function anEvent(second: number, kind: HistoryEvent["kind"]): HistoryEvent {
  const at = new Date(Date.UTC(2026, 1, 11, 14, 0, second)).toISOString();
  const end = { exit_status: null, exit_signal: null, expected: null, lasted_seconds: null };
  return { at, kind, pid: null, ...end, text: kind };
}

/** Answers as the server does: the newest before a moment, and all of the oldest one's millisecond. */
function serveHistory(all: HistoryEvent[], asked: string[] = []) {
  vi.stubGlobal("fetch", async (path: string): Promise<Response> => {
    asked.push(path);
    const search = new URL(path, "http://here").searchParams;
    const before = search.get("before") ?? "9999";
    const older = all.filter(({ at }) => at < before);
    const oldest = older.at(-Number(search.get("limit")))?.at ?? "";
    const events = older.filter(({ at }) => at >= oldest);
    const complete = events.length === older.length;
    return Response.json({ name: "comfy", events, complete } satisfies ServiceHistory);
  });
  return asked;
}

async function readAll(pages: number) {
  const { select, ...query } = serviceHistoryQuery("comfy");
  const data = await new QueryClient().fetchInfiniteQuery({ ...query, pages });
  return { pages: data.pages, events: select?.(data) ?? [] };
}

test("each page goes on where the one before ended, and all are there once, newest first", async () => {
  const all = Array.from({ length: 90 }, (_, second) => anEvent(second, "spawned"));
  const asked = serveHistory(all);
  const { pages, events } = await readAll(2);
  expect(events.map(({ at }) => at)).toEqual(
    all
      .slice(90 - 12 - 60)
      .map(({ at }) => at)
      .reverse(),
  );
  expect(pages.at(-1)?.complete).toBe(false);
  expect(asked).toEqual([
    "/api/services/comfy/history?limit=12",
    "/api/services/comfy/history?limit=60&before=2026-02-11T14%3A01%3A18.000Z",
  ]);
});

test("two events in one millisecond are both there where a page ends between them", async () => {
  const all = Array.from({ length: 11 }, (_, second) => anEvent(second + 5, "spawned"));
  serveHistory([anEvent(1, "spawned"), anEvent(4, "exited"), anEvent(4, "gave_up"), ...all]);
  const { pages, events } = await readAll(9);
  expect(pages.map((page) => page.events.length)).toEqual([13, 1]);
  expect(events.slice(-3).map(({ kind }) => kind)).toEqual(["gave_up", "exited", "spawned"]);
});

test("where there is nothing older, nothing older is asked for", async () => {
  const asked = serveHistory([anEvent(1, "spawned")]);
  const { events } = await readAll(9);
  expect(events).toHaveLength(1);
  expect(asked).toHaveLength(1);
});

test("a service's name stands in the address as it must", async () => {
  const asked = serveHistory([]);
  const { select, ...query } = serviceHistoryQuery("group:a#b");
  await new QueryClient().fetchInfiniteQuery(query);
  expect(asked).toEqual(["/api/services/group%3Aa%23b/history?limit=12"]);
});
