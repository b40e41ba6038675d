// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { LogStream } from "@/lib/contract/logs";
import type { Service } from "@/lib/contract/services";
import { LogModal } from "./log-modal";

const service: Service = {
  name: "invoke",
  display: "Invoke AI",
  state: "RUNNING",
  state_raw: "RUNNING",
  running: true,
  autostart: true,
  autostart_loaded: true,
  pid: 7,
  started_at: null,
  stopped_at: null,
  uptime_seconds: 3,
  exit_status: null,
  exit_signal: null,
  exit_expected: null,
  spawn_error: null,
  description: "up 3 s",
  detail: "up 3 s",
  port: 9090,
  public_port: true,
  installed: true,
  stand_in: false,
  self: false,
  guarded: false,
  checked_at: "2026-02-10T18:00:00.000Z",
};

/** A server with two ASCII logs; null is a stream without a file. */
function createServer(files: Record<LogStream, string | null>) {
  const server = { files, requests: [] as string[], isDown: false, maxBytes: 1_000_000 };

  function tail(stream: LogStream, text: string, lines: number) {
    const starts = [0, ...[...text.matchAll(/\n(?!$)/g)].map((match) => match.index + 1)];
    const wanted = lines === 0 ? text.length : (starts.at(-lines) ?? 0);
    const offset = Math.max(wanted, text.length - server.maxBytes);
    const path = `/workspace/logs/invoke.${stream}.log`;
    const written_at = new Date(Date.now() - 7 * 60_000).toISOString();
    const truncated = lines > 0 && offset > wanted;
    return {
      log: text.slice(offset),
      path,
      stream,
      size: text.length,
      offset,
      truncated,
      written_at,
    };
  }

  function answer(url: URL, method: string): Response {
    const stream = url.searchParams.get("stream") === "out" ? "out" : "err";
    const text = server.files[stream];
    if (text === null) {
      const detail = `invoke has no ${stream} log yet.`;
      return Response.json({ code: "not_found", detail }, { status: 404 });
    }
    if (method === "DELETE") {
      server.files[stream] = "";
      return Response.json({ status: "ok", cleared: [stream] });
    }
    return Response.json(tail(stream, text, Number(url.searchParams.get("lines"))));
  }

  vi.stubGlobal("fetch", async (input: string, init?: RequestInit) => {
    const url = new URL(input, "http://panel.test");
    const method = init?.method ?? "GET";
    server.requests.push(`${method} ${url.pathname}${url.search}`);
    if (server.isDown) throw new TypeError("Failed to fetch");
    return answer(url, method);
  });
  return server;
}

function Page({
  stream: first,
  onClose,
}: {
  stream?: LogStream | undefined;
  onClose?: () => void;
}) {
  const [stream, setStream] = useState<LogStream | undefined>(first);
  const close = onClose ?? (() => {});
  return (
    <LogModal
      service={service}
      name="invoke"
      stream={stream}
      onStream={setStream}
      onClose={close}
    />
  );
}

function open(props: { stream?: LogStream; onClose?: () => void } = {}) {
  const client = new QueryClient();
  render(
    <QueryClientProvider client={client}>
      <Page {...props} />
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

function numbered(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join("");
}

function logRegion(): HTMLElement {
  return screen.getByRole("log");
}

function lines(): string[] {
  return [...logRegion().querySelectorAll("[data-line]")].map((line) => line.textContent ?? "");
}

beforeEach(() => {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      disconnect() {}
    },
  );
  Element.prototype.scrollIntoView = vi.fn();
});

afterEach(() => {
  cleanup();
  localStorage.clear();
  vi.unstubAllGlobals();
});

it("shows the stream that the server picks, its path, and the sizes of both", async () => {
  createServer({ out: "a\n".repeat(2400), err: "boom\n" });
  open();
  await screen.findByText("boom");
  expect(screen.getByRole("dialog", { name: "Invoke AI log" })).toBeDefined();
  expect(await screen.findByRole("tab", { name: "Out 4.8 KB" })).toBeDefined();
  expect(await screen.findByRole("tab", { name: "Err 5 B", selected: true })).toBeDefined();
  expect(await screen.findByText("/workspace/logs/invoke.err.log")).toBeDefined();
  expect(screen.getAllByText("7 min ago").length).toBeGreaterThan(0);
  expect(screen.getByRole("log", { name: "Invoke AI log, err" }).getAttribute("aria-live")).toBe(
    "off",
  );
});

it("changes the stream with the arrow keys", async () => {
  createServer({ out: "from out\n", err: "from err\n" });
  const user = open({ stream: "err" });
  await screen.findByText("from err");
  await user.click(screen.getByRole("tab", { name: /Err/ }));
  await user.keyboard("{ArrowLeft}");
  expect(await screen.findByText("from out")).toBeDefined();
  expect(document.activeElement).toBe(screen.getByRole("tab", { name: /Out/, selected: true }));
});

it("loads older lines in front", async () => {
  const server = createServer({ out: null, err: numbered(0, 1500) });
  const user = open({ stream: "err" });
  await screen.findByText("line 1300");
  expect(screen.queryByText("line 1299")).toBeNull();
  const held = screen.getByText("line 1300");
  await user.click(screen.getByRole("button", { name: "Load more" }));
  expect(await screen.findByText("line 500")).toBeDefined();
  expect(screen.getByText("line 1300")).toBe(held);
  expect(server.requests).toContain("GET /api/services/invoke/log?lines=1000&stream=err");
  expect(screen.getByRole("button", { name: "Paused" })).toBeDefined();
});

it("finds, counts, goes round, and minds the case on request", async () => {
  createServer({
    out: null,
    err: "Error one\nfine\nerror two\n\x1b[31mer\x1b[1mror\x1b[0m three\n",
  });
  const user = open({ stream: "err" });
  await screen.findByText("fine");
  await user.keyboard("/");
  await user.keyboard("error");
  expect(await screen.findByText("1 of 3")).toBeDefined();
  expect(logRegion().querySelectorAll("mark").length).toBe(4);
  await user.keyboard("{Enter}{Enter}");
  expect(screen.getByText("3 of 3")).toBeDefined();
  await user.keyboard("{Enter}");
  expect(screen.getByText("1 of 3")).toBeDefined();
  await user.keyboard("{Shift>}{Enter}{/Shift}");
  expect(screen.getByText("3 of 3")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Match case" }));
  expect(await screen.findByText("2 of 2")).toBeDefined();
  await user.type(screen.getByRole("textbox"), "xyz(");
  expect(await screen.findByText("No match")).toBeDefined();
});

it("clears the find with Escape first, and closes with the next", async () => {
  createServer({ out: null, err: "hello\n" });
  const onClose = vi.fn();
  const user = open({ stream: "err", onClose });
  await screen.findByText("hello");
  await user.keyboard("/hell{Escape}");
  expect(screen.getByRole("textbox")).toHaveProperty("value", "");
  expect(onClose).not.toHaveBeenCalled();
  await user.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalledOnce();
});

it("shows markup in the log as text", async () => {
  const hostile = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
  createServer({
    out: null,
    err: `${hostile}\n\x1b]8;;javascript:alert(3)\x1b\\click\x1b]8;;\x1b\\\n`,
  });
  open({ stream: "err" });
  expect(await screen.findByText(hostile)).toBeDefined();
  expect(screen.getByText("click")).toBeDefined();
  expect(logRegion().querySelector("img, script, a")).toBeNull();
});

it("gives the program's colours as classes, and other colours as values", async () => {
  createServer({ out: null, err: "\x1b[1;31mred\x1b[0m \x1b[38;2;255;136;0morange\x1b[0m\n" });
  open({ stream: "err" });
  expect((await screen.findByText("red")).className).toBe("ansi-red ansi-bold");
  expect(screen.getByText("orange").style.getPropertyValue("--ansi-fg")).toBe("#ff8800");
});

it("shows a progress bar in its last state", async () => {
  createServer({ out: null, err: "start\n  0%|     |\r 50%|██▌  |\r100%|█████|\nend" });
  open({ stream: "err" });
  await screen.findByText("end");
  expect(lines()).toEqual(["start", "100%|█████|", "end"]);
});

it("adds what is written while it is open, and leaves the other lines alone", async () => {
  const server = createServer({ out: null, err: "one\n" });
  open({ stream: "err" });
  const one = await screen.findByText("one");
  server.files.err = "one\ntwo\n";
  await screen.findByText("two", {}, { timeout: 4000 });
  expect(screen.getByText("one")).toBe(one);
});

it("stands still while paused, and tells how many lines are new", async () => {
  const server = createServer({ out: null, err: "one\n" });
  const user = open({ stream: "err" });
  await screen.findByText("one");
  await user.keyboard("f");
  server.files.err = "one\ntwo\nthree\n";
  const chip = await screen.findByRole("button", { name: "2 new lines" }, { timeout: 4000 });
  expect(lines()).toEqual(["one"]);
  await user.click(chip);
  expect(lines()).toEqual(["one", "two", "three"]);
  expect(screen.getByRole("button", { name: "Following" })).toBeDefined();
});

it("asks in place before it clears, and says what goes", async () => {
  const server = createServer({ out: null, err: "x".repeat(2000) });
  const user = open({ stream: "err" });
  await waitFor(() => expect(lines()).toHaveLength(1));
  await user.click(screen.getByRole("button", { name: "Clear log" }));
  const question = screen.getByRole("region", { name: "Clear log" });
  expect(question.textContent).toContain("2.0 KB in /workspace/logs/invoke.err.log");
  expect(document.activeElement?.textContent).toBe("Keep it");
  await user.click(within(question).getByRole("button", { name: "Keep it" }));
  expect(server.requests.some((request) => request.startsWith("DELETE"))).toBe(false);

  await user.click(screen.getByRole("button", { name: "Clear log" }));
  await user.click(screen.getByRole("button", { name: "Clear the err log" }));
  expect(await screen.findByText("Nothing written yet")).toBeDefined();
  expect(server.requests).toContain("DELETE /api/services/invoke/log?stream=err");
  expect(screen.queryByRole("region", { name: "Clear log" })).toBeNull();
});

it("says that there is no file yet, and offers the other stream", async () => {
  createServer({ out: "from out\n", err: null });
  const user = open({ stream: "err" });
  expect(await screen.findByText("No log file yet")).toBeDefined();
  expect(screen.getByText("invoke has no err log yet.")).toBeDefined();
  expect(await screen.findByRole("tab", { name: "Out 9 B" })).toBeDefined();
  await user.click(await screen.findByRole("button", { name: "Show Out, 9 B" }));
  expect(await screen.findByText("from out")).toBeDefined();
  expect(await screen.findByRole("tab", { name: "Err none" })).toBeDefined();
});

it("offers the other stream where nothing is written", async () => {
  createServer({ out: "from out\n", err: "" });
  open({ stream: "err" });
  expect(await screen.findByText("Nothing written yet")).toBeDefined();
  expect(await screen.findByRole("button", { name: "Show Out, 9 B" })).toBeDefined();
});

it("keeps the text and tells its age while the server is away", async () => {
  const server = createServer({ out: null, err: "still here\n" });
  open({ stream: "err" });
  await screen.findByText("still here");
  server.isDown = true;
  const status = await screen.findByText(/ControlPilot does not answer/, {}, { timeout: 4000 });
  expect(status.textContent).toMatch(/This text is from .*, \d+ s ago/);
  expect(screen.getByText("still here")).toBeDefined();
  server.isDown = false;
  await waitFor(() => expect(screen.queryByText(/does not answer/)).toBeNull(), { timeout: 4000 });
});

it("says so when the server is away from the start", async () => {
  const server = createServer({ out: null, err: "back again\n" });
  server.isDown = true;
  open();
  expect(await screen.findByText("The log cannot be read now")).toBeDefined();
  server.isDown = false;
  expect(await screen.findByText("back again", {}, { timeout: 4000 })).toBeDefined();
});

it("says at the top where the answer's limit cuts", async () => {
  const server = createServer({ out: null, err: numbered(0, 100) });
  server.maxBytes = 40;
  open({ stream: "err" });
  expect(await screen.findByText(/The answer's limit of 1 MB cuts here/)).toBeDefined();
  expect(screen.queryByRole("button", { name: "Load more" })).toBeNull();
});

it("remembers whether lines wrap", async () => {
  createServer({ out: null, err: "hello\n" });
  const user = open({ stream: "err" });
  await screen.findByText("hello");
  expect(screen.getByRole("button", { name: "Wrap lines", pressed: true })).toBeDefined();
  await user.keyboard("w");
  cleanup();
  open({ stream: "err" });
  expect(await screen.findByRole("button", { name: "Wrap lines", pressed: false })).toBeDefined();
});

it("copies the text shown without escape sequences", async () => {
  createServer({ out: null, err: "\x1b[32mgreen\x1b[0m\nplain\n" });
  vi.stubGlobal("isSecureContext", true);
  const user = open({ stream: "err" });
  await screen.findByText("plain");
  await user.click(screen.getByRole("button", { name: "Copy the text shown" }));
  expect(await navigator.clipboard.readText()).toBe("green\nplain\n");
});
