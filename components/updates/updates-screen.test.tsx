// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { ServicesScreen } from "@/components/services/services-screen";
import { aService, aSession, failure } from "@/components/services/testing";
import { renderAt, stubUpdates } from "./rendering";
import { aJob, anEntry, anOffer, aVersion } from "./testing";
import { UpdatesScreen } from "./updates-screen";

const comfy = aService();
const kohya = aService({ name: "kohya", display: "Kohya", port: 6666 });
const started = { started_at: Date.now() / 1000 - 72 };

/** So that no test waits for the build of them. */
beforeAll(() => Promise.all([import("@/components/services/panel-hosts"), import("./job-watch")]));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

test("a row shows both versions and leads to the plan", async () => {
  const { api } = stubUpdates([comfy, kohya]);
  api.versions = [anOffer(), aVersion({ name: "kohya", display: "Kohya" })];
  renderAt("/", <ServicesScreen />);

  await userEvent.click(await screen.findByRole("button", { name: "Update Comfy UI" }));
  expect(window.location.search).toBe("?update=comfy");
  expect(screen.getByText("→ master@76a7fe9")).toBeTruthy();
  const quiet = "Version of Kohya: master@123a787, up to date";
  expect(screen.getByRole("button", { name: quiet, hidden: true })).toBeTruthy();
});

test("a job shows in its row and in the title, and its end is told", async () => {
  const { api, updates } = stubUpdates([comfy, kohya]);
  api.versions = [anOffer()];
  api.jobs = [aJob(started)];
  renderAt("/", <ServicesScreen />);

  expect(await screen.findByRole("button", { name: /^Updating, step 5 of 8/ })).toBeTruthy();
  expect(screen.getByRole("img", { name: "Comfy UI: Updating" })).toBeTruthy();
  const isDimmed = (name: string) =>
    screen.getByRole("button", { name }).getAttribute("aria-disabled") === "true";
  expect(["Restart Comfy UI", "Stop Comfy UI"].every(isDimmed)).toBe(true);
  expect(isDimmed("Stop Kohya")).toBe(false);
  expect(document.title).toBe("Updating Comfy UI 5/8 · Services · ControlPilot");
  document.title = "Services · ControlPilot";
  await waitFor(() =>
    expect(document.title).toBe("Updating Comfy UI 5/8 · Services · ControlPilot"),
  );
  expect(await screen.findByRole("button", { name: "Watch the update of Comfy UI" })).toBeTruthy();

  const outcome = "Rolled back. Comfy UI runs master@123a787 as before.";
  updates.job = aJob({ ...started, state: "rolled_back", outcome, ended_at: Date.now() / 1000 });
  api.jobs = [updates.job];
  const toast = await screen.findByRole("alert");
  expect(toast.textContent).toContain(outcome);
  expect(document.title).toBe("Services · ControlPilot");
  await userEvent.click(within(toast).getByRole("button", { name: "Look" }));
  expect(window.location.search).toBe("?update=comfy&job=job-1");
});

test("what needs a look stands over the history", async () => {
  const { api, updates } = stubUpdates([comfy, kohya]);
  const check_error = "github.com did not answer in 8 s.";
  api.versions = [aVersion({ name: "kohya", display: "Kohya", check_error }), anOffer()];
  updates.history = [anEntry({ can_roll_back: true })];
  renderAt("/updates", <UpdatesScreen />);

  const needs = await screen.findByRole("region", { name: "Needs a look" });
  await waitFor(() =>
    expect(within(needs).getAllByRole("listitem")[0]?.textContent).toContain("Comfy"),
  );
  expect(needs.textContent).toContain("master@123a787 → master@76a7fe9, 14 commits");
  expect(needs.textContent).toContain(
    "could not be checked: github.com did not answer in 8 s. Known",
  );
  expect(document.title).toBe("Updates · ControlPilot");

  const back = "Back to 123a787, Comfy UI";
  await userEvent.click(await screen.findByRole("button", { name: back }));
  expect(window.location.search).toBe("?update=comfy&back=job-1");
});

test("the history tells who, what and how it went, and can be filtered", async () => {
  const { api, updates } = stubUpdates([comfy]);
  api.jobs = [aJob(started)];
  updates.history = [
    anEntry({ reason: "boot_reconcile" }),
    anEntry({ timestamp: "2026-02-10T04:13:00Z", state: "error", error: "The disk is full." }),
  ];
  renderAt("/updates", <UpdatesScreen />);

  const table = await screen.findByRole("table", { name: "Update history" });
  const rows = () => within(table).getAllByRole("row").slice(1);
  expect(rows()[0]?.textContent).toContain("now");
  expect(rows()[1]?.textContent).toMatch(/Installedboot48 s$/);
  expect(rows()[2]?.textContent).toContain("FailedThe disk is full.");

  await userEvent.click(screen.getByRole("button", { name: "Failed 1" }));
  expect(rows()).toHaveLength(1);
  await userEvent.click(screen.getByRole("button", { name: "All 2" }));
  await userEvent.type(screen.getByRole("searchbox", { name: "Filter history" }), "zzz");
  await userEvent.click(await screen.findByRole("button", { name: "Clear filter" }));
  expect(await screen.findByRole("table", { name: "Update history" })).toBeTruthy();
});

test("an empty history says so, one that cannot be read says why", async () => {
  const { updates } = stubUpdates([comfy]);
  renderAt("/updates", <UpdatesScreen />);
  expect(await screen.findByText("Nothing has been updated here yet")).toBeTruthy();
  cleanup();

  updates.historyFailure = failure(500, "internal", "The audit file cannot be read.");
  renderAt("/updates", <UpdatesScreen />);
  expect(await screen.findByText("The audit file cannot be read.")).toBeTruthy();
  updates.historyFailure = null;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Nothing has been updated here yet")).toBeTruthy();
});

test("who may only look finds what changes something dimmed, with the reason", async () => {
  const { api, updates } = stubUpdates([comfy, kohya]);
  api.session = aSession({ scope: "read" });
  api.versions = [
    anOffer(),
    aVersion({ name: "kohya", display: "Kohya", interrupted: true }),
    anOffer({
      name: "invoke",
      display: "Invoke",
      check_error: "github.com did not answer in 8 s.",
    }),
  ];
  updates.history = [anEntry({ can_roll_back: true })];
  renderAt("/updates", <UpdatesScreen />);

  const acts = [
    ...["Look at it, Comfy UI", "Mend Kohya", "Look at it, Invoke"],
    "Back to 123a787, Comfy UI",
  ];
  for (const name of acts) {
    const button = await screen.findByRole("button", { name });
    await waitFor(() => expect(button.ariaDisabled).toBe("true"));
    expect(button.title).toBe("You may look at this machine, but not change it.");
    await userEvent.click(button);
  }
  expect(window.location.search).toBe("");
  expect(api.posts).toEqual([]);
});

test("for who may only look a version that is up to date leads nowhere", async () => {
  const { api } = stubUpdates([comfy]);
  api.session = aSession({ scope: "read" });
  api.versions = [aVersion()];
  renderAt("/", <ServicesScreen />);
  expect(await screen.findByText("up to date")).toBeTruthy();
  await waitFor(() => expect(screen.queryByRole("button", { name: /^Version of/ })).toBeNull());
});

test("Check now asks the sources anew and follows until all have answered", async () => {
  const { api } = stubUpdates([comfy]);
  api.versions = [aVersion({ checking: true })];
  renderAt("/updates", <UpdatesScreen />);
  expect(await screen.findByText("checking")).toBeTruthy();
  api.versions = [anOffer()];
  expect(await screen.findByRole("button", { name: "Look at it, Comfy UI" })).toBeTruthy();

  api.versions = [aVersion()];
  await userEvent.click(screen.getByRole("button", { name: "Check now" }));
  await waitFor(() => expect(screen.queryByRole("button", { name: /^Look at it/ })).toBeNull());
});

test("Check now is not undone by an answer to what was asked before it", async () => {
  const { api } = stubUpdates([comfy]);
  let answerFirst = (_response: Response) => {};
  const others = globalThis.fetch;
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    if (path !== "/api/services/versions?wait=false") return others(path, init);
    vi.stubGlobal("fetch", others);
    return new Promise<Response>((resolve) => {
      answerFirst = resolve;
    });
  });
  renderAt("/updates", <UpdatesScreen />);
  api.versions = [aVersion({ checking: true })];
  await userEvent.click(await screen.findByRole("button", { name: "Check now" }));
  expect(await screen.findByText("checking")).toBeTruthy();
  answerFirst(Response.json([aVersion()]));
  api.versions = [anOffer()];
  expect(await screen.findByRole("button", { name: "Look at it, Comfy UI" })).toBeTruthy();
});
