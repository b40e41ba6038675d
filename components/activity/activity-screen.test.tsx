// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aService, failure, renderPage, stubApi } from "@/components/services/testing";
import { useServiceAction } from "@/lib/client/services";
import { setSeen } from "@/lib/client/testing/tabs";
import type { Activity, ActivityEntry } from "@/lib/contract/activity";
import { ActivityScreen } from "./activity-screen";

const comfy = aService();
const kohya = aService({ name: "kohya", display: "Kohya" });
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

let entries: ActivityEntry[];
let answer: (query: URLSearchParams) => Response;
let asked: string[];

beforeEach(() => {
  entries = [];
  asked = [];
  answer = () => list(entries);
  const api = stubApi([comfy, kohya]);
  api.answerGet = (path) => {
    const { pathname, search, searchParams } = new URL(path, "http://here");
    if (pathname !== "/api/activity") return null;
    asked.push(search);
    return answer(searchParams);
  };
});

afterEach(() => {
  setSeen(true);
  cleanup();
  vi.unstubAllGlobals();
});

function list(some: ActivityEntry[], facts: Partial<Activity> = {}): Response {
  return Response.json({ entries: some, more: false, problem: null, ...facts });
}

function anEntry(facts: Partial<ActivityEntry> = {}): ActivityEntry {
  return {
    id: "entry-1",
    time: minutesAgo(7),
    actor: "browser",
    address: "10.0.0.7",
    action: "service.restart",
    target: "comfy",
    result: "ok",
    ...facts,
  };
}

const rows = () =>
  within(screen.getByRole("table", { name: "Activity" }))
    .getAllByRole("row")
    .slice(1);
const texts = () => rows().map((row) => row.textContent);
const choose = (label: string, option: string) =>
  userEvent.selectOptions(screen.getByRole("combobox", { name: label }), option);

test("a row says when, who, what and how it went", async () => {
  const error = "Kohya did not start: exited with 3.";
  entries = [
    anEntry(),
    anEntry({
      id: "2",
      actor: "ci",
      target: "kohya",
      action: "service.start",
      result: "failed",
      error,
    }),
    anEntry({ id: "3", action: "session.refused", target: null, result: "refused" }),
  ];
  renderPage(<ActivityScreen />);

  await screen.findByText("restarted Comfy UI");
  expect(texts()).toEqual([
    "7 min agobrowser10.0.0.7restarted Comfy UIDone",
    `7 min agoci10.0.0.7tried to start KohyaFailed${error}`,
    "7 min agobrowser10.0.0.7tried to sign inRefused",
  ]);
  const time = screen.getAllByText("7 min ago")[0];
  expect(time?.getAttribute("datetime")).toBe(entries[0]?.time);
  expect(time?.title).toMatch(/\d\d:\d\d:\d\d$/);
  expect(document.title).toBe("Activity · ControlPilot");
});

test("each filter is asked for, and all can be cleared at once", async () => {
  entries = [anEntry(), anEntry({ id: "2", actor: "ci" })];
  answer = (query) => list(query.size > 2 ? [] : entries);
  renderPage(<ActivityScreen />);
  await screen.findByRole("table", { name: "Activity" });

  await choose("Who", "ci");
  await waitFor(() => expect(asked.at(-1)).toBe("?actor=ci"));
  await choose("What", "Updates");
  await waitFor(() => expect(asked.at(-1)).toBe("?actor=ci&action=update"));
  await choose("Service", "Kohya");
  await userEvent.click(screen.getByRole("button", { name: "Failed" }));
  await userEvent.type(screen.getByRole("searchbox", { name: "Filter activity" }), "a b");
  await waitFor(() =>
    expect(asked.at(-1)).toBe("?actor=ci&action=update&target=kohya&result=failed&q=a+b"),
  );
  expect(await screen.findByText("Nothing matches")).toBeTruthy();

  await userEvent.click(screen.getByRole("button", { name: "Clear filter" }));
  await waitFor(() => expect(rows()).toHaveLength(2));
  const who = within(screen.getByRole("combobox", { name: "Who" })).getAllByRole("option");
  expect(who.map(({ textContent }) => textContent)).toEqual(["Everybody", "browser", "ci"]);
});

test("older entries come when they are asked for, and say why they do not", async () => {
  const page = (from: number) =>
    Array.from({ length: 3 }, (_, index) => anEntry({ id: `e${from + index}` }));
  let isBroken = true;
  answer = (query) => {
    if (!query.has("before")) return list(page(0), { more: true });
    if (isBroken) return failure(409, "conflict", "The audit file is read-only here.");
    return list(page(3));
  };
  renderPage(<ActivityScreen />);

  await userEvent.click(await screen.findByRole("button", { name: "Older" }));
  expect(await screen.findByText("The audit file is read-only here.")).toBeTruthy();
  expect(screen.queryByRole("region", { name: "How old this is" })).toBeNull();
  isBroken = false;
  await userEvent.click(screen.getByRole("button", { name: "Older" }));
  await waitFor(() => expect(rows()).toHaveLength(6));
  expect(asked).toContain("?before=e2");
  expect(screen.queryByRole("button", { name: "Older" })).toBeNull();
});

test("an empty list says so, one that cannot be read says why", async () => {
  answer = () => failure(409, "conflict", "ControlPilot has no permission.");
  renderPage(<ActivityScreen />);
  expect(await screen.findByText("ControlPilot has no permission.")).toBeTruthy();

  answer = () => list([]);
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Nothing has been done here yet")).toBeTruthy();
});

test("what is not written down is told, and what is old stays with its age", async () => {
  answer = () => list([anEntry()], { problem: "The disk is full." });
  renderPage(<ActivityScreen />);
  const missing = await screen.findByRole("region", { name: "What is missing" });
  expect(missing.textContent).toBe("What is done now is not written down. The disk is full.");

  answer = () => failure(409, "conflict", "The file cannot be read.");
  const stale = await screen.findByRole("region", { name: "How old this is" });
  expect(stale.textContent).toMatch(/list of \d\d:\d\d:\d\d\. The file cannot be read\.$/);
  expect(rows()).toHaveLength(1);
});

test("what is done on this page is there at once", async () => {
  function Restart() {
    const act = useServiceAction(comfy);
    return (
      <button type="button" onClick={() => act("restart")}>
        Restart
      </button>
    );
  }
  renderPage(
    <>
      <ActivityScreen />
      <Restart />
    </>,
  );
  await screen.findByText("Nothing has been done here yet");
  // Where nobody looks it is not asked for from time to time.
  setSeen(false);
  entries = [anEntry()];
  await userEvent.click(screen.getByRole("button", { name: "Restart" }));
  expect(await screen.findByText("restarted Comfy UI")).toBeTruthy();
});
