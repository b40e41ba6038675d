// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { ServicesScreen } from "./services-screen";
import { aService, renderPage, stubApi } from "./testing";

/** As it would come from a server that keeps another contract. */
const NONSENSE = { not: "to be shown" } as never;
const kohya = aService({ name: "kohya", display: "Kohya" });

/** So that no test waits for the build of them. */
beforeAll(() => Promise.all([import("@/components/ui/error-face"), import("./details")]));

beforeEach(() => {
  // React says there what it has caught.
  vi.mocked(console.error).mockImplementation(() => {});
});

afterEach(() => {
  vi.mocked(console.error).mockClear();
  vi.unstubAllGlobals();
  cleanup();
});

const headingIn = (part: HTMLElement) => within(part).getByRole("heading").textContent;

test("a row that cannot be shown says so in its place, and the others can be used", async () => {
  const api = stubApi([{ ...kohya, port: NONSENSE }, aService()]);
  renderPage(<ServicesScreen />);
  const face = await screen.findByRole("alert");
  expect(headingIn(face)).toBe("The row of Kohya could not be shown");
  expect(face.closest('[role="row"]')).toBeTruthy();

  await userEvent.click(screen.getByRole("button", { name: "Restart Comfy UI" }));
  await waitFor(() => expect(api.posts).toHaveLength(1));

  api.services = [kohya, aService()];
  await waitFor(async () => {
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(screen.getByRole("checkbox", { name: "Select Kohya" })).toBeTruthy();
  });
});

test("of the details each part stands for itself", async () => {
  const api = stubApi([kohya]);
  const event = { at: "2026-02-11T04:11:00Z", kind: "running", pid: 4127, text: NONSENSE } as never;
  api.history = [{ name: "kohya", events: [event], complete: true }];
  renderPage(<ServicesScreen />);
  await userEvent.click(await screen.findByRole("button", { name: /^Running/ }));
  const face = await screen.findByRole("alert");
  expect(headingIn(face)).toBe("What happened to Kohya could not be shown");
  expect(screen.getByText("[program:kohya]")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Restart Kohya" })).toBeTruthy();
});
