// @vitest-environment jsdom
import { act, renderHook, waitFor } from "@testing-library/react";
import { useSyncExternalStore } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { LogFeed } from "@/lib/client/log-feed";
import { stubStreams } from "@/lib/client/testing/streams";
import { useFollow } from "./use-follow";
import { useLogPattern } from "./use-log-find";
import { useLogSearch } from "./use-log-search";

afterEach(() => {
  vi.unstubAllGlobals();
});

const of = { service: "comfy", stream: "out", file: "f1" } as const;
const AT = "2026-02-11T10:00:00.000Z";
const textOf = (line: number) => `line ${line}.\n`;
const BYTES = textOf(10).length;
const isStream = (path: string) => path.includes("/stream");

/** A log of lines 10 to 99, each as long as the others, of which the last ten are held. */
function serve() {
  vi.stubGlobal("fetch", async (path: string) => {
    const query = new URL(path, "http://panel.test").searchParams;
    const before = Number(query.get("before") ?? Number.POSITIVE_INFINITY);
    if (path.includes("/search")) return Response.json(matchesBefore(before));
    const after = Number(query.get("after") ?? Math.max(0, before - BYTES));
    const end = Math.min(before, after + 2 * BYTES);
    return Response.json({ ...of, log: partOf(after, end), offset: after, end, written_at: AT });
  });
  return stubStreams(isStream);
}

/** Of lines 20 and 50. */
function matchesBefore(before: number) {
  const matches = [40, 10]
    .map((line) => ({ ...of, offset: line * BYTES, text: textOf(line + 10) }))
    .filter(({ offset }) => offset < before);
  return { file: "f1", matches, scanned_to: 0, exhausted: true };
}

function partOf(from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; at += BYTES) text += textOf(10 + at / BYTES);
  return text;
}

it("counts the matches that are older than what is held, and no longer those that it loaded", async () => {
  const server = serve();
  const feed = new LogFeed("/log/stream?stream=out");
  const { result } = renderHook(() => {
    const { view } = useSyncExternalStore(feed.subscribe, feed.getState);
    const follow = useFollow(view);
    const pattern = useLogPattern();
    return { follow, pattern, search: useLogSearch({ feed, follow, pattern, view: follow.shown }) };
  });
  const [offset, end] = [80 * BYTES, 90 * BYTES];
  const held = JSON.stringify({
    ...of,
    offset,
    end,
    at: AT,
    past: true,
    text: partOf(offset, end),
  });
  await waitFor(() => server.last());
  server.last().open();
  server.last().send(`event: text\ndata: ${held}\n\n`);
  await waitFor(() => expect(result.current.follow.shown.lines).toBe(10));

  act(() => result.current.pattern.setText("0."));
  act(() => result.current.follow.pause("sought"));
  await waitFor(() => expect(result.current.search.count).toBe(2));
  expect(result.current.search.isSearching).toBe(false);

  for (const left of [1, 0]) {
    await act(async () => expect(await result.current.search.toOlderMatch()).not.toBeNull());
    expect(result.current.search.count).toBe(left);
  }
  expect(await result.current.search.toOlderMatch()).toBeNull();
});
