// @vitest-environment jsdom
import { act, cleanup, configure, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { PathnameContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { afterEach, expect, test, vi } from "vitest";
import { aSignedIn, stubAccess, stubLocation } from "@/components/access/testing";
import { aSession, failure, renderPage } from "@/components/services/testing";
import { MoreSheet } from "./more-sheet";
import { Shell } from "./shell";
import { SignOutItem } from "./sign-out";

configure({ asyncUtilTimeout: 5000 });

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function openShell(path: string) {
  stubAccess(aSignedIn());
  const fetched = vi.spyOn(globalThis, "fetch");
  renderPage(
    <PathnameContext value={path}>
      <Shell>
        <h1>The page</h1>
      </Shell>
    </PathnameContext>,
  );
  return fetched;
}

test("a page stands among the ways to the others, with its own marked", () => {
  const fetched = openShell("/settings");
  expect(screen.getByRole("main").textContent).toBe("The page");
  const current = screen.getAllByRole("link", { current: "page" });
  expect(current.map(({ textContent }) => textContent)).toEqual(["Settings"]);
  expect(fetched).toHaveBeenCalled();
});

test("the sign-in page stands alone, and nothing is asked for around it", () => {
  const fetched = openShell("/login");
  expect(screen.getByRole("main").textContent).toBe("The page");
  expect(screen.queryByRole("navigation")).toBeNull();
  expect(screen.queryByRole("link")).toBeNull();
  expect(fetched).not.toHaveBeenCalled();
});

test.each([
  ["side bar", <SignOutItem key="item" />],
  ["sheet of a narrow screen", <MoreSheet key="sheet" onClose={() => {}} onShortcuts={() => {}} />],
])("in the %s one signs out, once the server has done so", async (where, place) => {
  const location = stubLocation("http://localhost:7878/updates");
  const server = stubAccess(aSignedIn());
  // Toasts outlive a test, so each has its own.
  const fault = `access.json cannot be written, says the ${where}.`;
  server.answer = () => failure(503, "unavailable", fault);
  renderPage(place);
  const signOut = await screen.findByRole("button", { name: "Sign out" });
  await userEvent.click(signOut);
  expect(await screen.findByText(fault)).toBeTruthy();
  expect(location.assign).not.toHaveBeenCalled();

  server.answer = () => null;
  await userEvent.click(signOut);
  await waitFor(() => expect(location.assign).toHaveBeenCalledWith("/login"));
});

test("where nobody signs in, nobody signs out", async () => {
  stubAccess(aSession());
  const fetched = vi.spyOn(globalThis, "fetch");
  renderPage(<MoreSheet onClose={() => {}} onShortcuts={() => {}} />);
  await waitFor(() => expect(fetched.mock.calls[0]?.[0]).toBe("/api/session"));
  await act(async () => {});
  expect(screen.queryByRole("button", { name: "Sign out" })).toBeNull();
});
