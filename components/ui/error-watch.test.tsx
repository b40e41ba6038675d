// @vitest-environment jsdom
import { cleanup, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import "@/components/services/testing";
import { ApiError } from "@/lib/client/api";
import { isLost } from "./error-lost";
import { ErrorWatch } from "./error-watch";
import { ToastHost } from "./toast";

/** So that no test waits for the build of it. */
beforeAll(() => import("./toaster"));

beforeEach(() => {
  render(
    <>
      <ErrorWatch />
      <ToastHost />
    </>,
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
  isLost.set(false);
  cleanup();
});

/** jsdom has no such event. */
function reject(reason: unknown) {
  window.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason }));
}

test("a rejection that nobody caught is told once, with what can be copied", async () => {
  reject(new Error("the first of them"));
  reject(new Error("the first of them"));
  reject(new Error("another one"));
  await screen.findByText("another one");
  expect(screen.getAllByText("the first of them")).toHaveLength(1);
  expect(screen.getAllByText("Something went wrong in this page")).toHaveLength(2);
  expect(screen.getAllByRole("button", { name: "Copy" })).toHaveLength(2);
});

test("so is an error of a handler", async () => {
  window.dispatchEvent(new ErrorEvent("error", { error: new TypeError("in a handler") }));
  await screen.findByText("in a handler");
});

test("what is nobody's fault, or told elsewhere, is not", async () => {
  const ofExtension = new Error("not ours");
  ofExtension.stack = "Error: not ours\n at chrome-extension://abc/x.js:1:1";
  reject(new DOMException("called off", "AbortError"));
  reject(new ApiError("unreachable", "ControlPilot is not there."));
  reject(ofExtension);
  window.dispatchEvent(new ErrorEvent("error", { message: "ResizeObserver loop completed" }));
  reject(new Error("the last one"));
  await screen.findByText("the last one");
  for (const text of ["called off", "ControlPilot is not there.", "not ours"])
    expect(screen.queryByText(text)).toBeNull();
});

test("code that did not come is no error of the page", async () => {
  vi.stubGlobal("fetch", async () => Response.json({ status: "ok" }));
  reject(Object.assign(new Error("Failed to load chunk 1"), { name: "ChunkLoadError" }));
  await waitFor(() => expect(isLost.get()).toBe(true));
  expect(screen.queryByText(/Failed to load/)).toBeNull();
});
