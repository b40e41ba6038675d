// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import "@/components/services/testing";
import { stubStreams } from "@/lib/client/testing/streams";
import { LogViewer } from "./log-viewer";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const COMFY = [{ name: "comfy", display: "Comfy UI" }];
const FILES = [{ label: "Download the whole out log", href: "/log/download?stream=out" }];

function renderLog(scope: "full" | "read" = "full") {
  const streamed: string[] = [];
  vi.stubGlobal("fetch", async () => Response.json({ scope }));
  stubStreams((path) => {
    if (!path.includes("/stream")) return false;
    streamed.push(path);
    return true;
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <LogViewer
        url="/log/stream?stream=out"
        services={COMFY}
        stream="out"
        title="Comfy UI log"
        files={FILES}
        clearable="comfy"
      />
    </QueryClientProvider>,
  );
  return streamed;
}

function openMenu() {
  fireEvent.keyDown(screen.getByRole("button", { name: "More" }), { key: "Enter" });
}

it("hides secrets until they are asked for, and says so as long as they are shown", async () => {
  const streamed = renderLog();
  await waitFor(() => expect(streamed).toEqual(["/log/stream?stream=out"]));
  expect(screen.queryByText(/Passwords and tokens/)).toBeNull();

  openMenu();
  fireEvent.click(screen.getByRole("menuitemcheckbox", { name: "Show secrets" }));
  await waitFor(() => expect(streamed.at(-1)).toBe("/log/stream?stream=out&reveal=true"));
  expect(screen.getByText("Passwords and tokens in this log are shown.")).toBeTruthy();
  openMenu();
  const download = screen.getByRole("menuitem", { name: "Download the whole out log" });
  expect(download.getAttribute("href")).toBe("/log/download?stream=out&reveal=true");
  fireEvent.keyDown(download, { key: "Escape" });

  fireEvent.click(await screen.findByRole("button", { name: "Hide them" }));
  await waitFor(() => expect(streamed.at(-1)).toBe("/log/stream?stream=out"));
  expect(screen.queryByText(/Passwords and tokens/)).toBeNull();
});

it("offers them to nobody who may only look", async () => {
  renderLog("read");
  openMenu();
  expect(screen.getByRole("menuitemcheckbox", { name: "Compact" })).toBeTruthy();
  await waitFor(() =>
    expect(screen.queryByRole("menuitemcheckbox", { name: "Show secrets" })).toBeNull(),
  );
});
