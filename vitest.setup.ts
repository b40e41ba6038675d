import { afterEach, beforeEach, expect, type MockInstance, vi } from "vitest";

/** On a busy machine a second is not much. */
const PATIENCE_MS = 10_000;

if (typeof document !== "undefined") {
  const { configure } = await import("@testing-library/react");
  configure({ asyncUtilTimeout: PATIENCE_MS });
}

let consoleError: MockInstance<typeof console.error>;

beforeEach(() => {
  consoleError = vi.spyOn(console, "error");
});

/** A test that logs an error fails, unless it expects that and says so with `expectConsoleError()`. */
afterEach(() => {
  const calls = consoleError.mock.calls;
  consoleError.mockRestore();
  expect(calls, "console.error was called").toEqual([]);
});
