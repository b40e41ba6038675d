// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { HistoryEvent, ServiceHistory } from "@/lib/contract/history";
import { ServicesScreen } from "../services-screen";
import { aService, failure, renderPage, stubApi } from "../testing";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const HOUR_MS = 3_600_000;
/** The bars wait for the page to come to rest, and the page looks once a second. */

function anEvent(hoursAgo: number, facts: Partial<HistoryEvent>): HistoryEvent {
  return {
    at: new Date(Date.now() - hoursAgo * HOUR_MS).toISOString(),
    kind: "spawned",
    pid: 4127,
    exit_status: null,
    exit_signal: null,
    expected: null,
    lasted_seconds: null,
    text: "Started, pid 4127",
    ...facts,
  };
}

const started = anEvent(6, {});
const up = anEvent(5.99, { kind: "running", text: "Counts as up" });
const crashed = anEvent(1, {
  kind: "exited",
  exit_status: 1,
  expected: false,
  text: "Crashed, exited with 1 after 5 h",
});
const startedAt = (hoursAgo: number) => anEvent(hoursAgo, {}).at;
const comfy = aService({ started_at: startedAt(6) });
const ended = aService({
  state: "EXITED",
  exit_expected: false,
  started_at: startedAt(6),
  stopped_at: crashed.at,
});
const known: ServiceHistory = { name: "comfy", events: [started, up], complete: false };

async function openDetails() {
  await userEvent.click(await screen.findByRole("button", { name: /^(Running|Ended)/ }));
  return within(await screen.findByRole("region", { name: "What happened to Comfy UI" }));
}

test("each row has the line of its last 24 hours, which is drawn anew when the service ends", async () => {
  const api = stubApi([comfy, aService({ name: "tagger", display: "tagger" })]);
  api.history = [known];
  renderPage(<ServicesScreen />);
  expect(await screen.findByRole("columnheader", { name: "Last 24 h" })).toBeTruthy();

  const bar = /^Comfy UI, last 24 hours: Up 6 h\.$/;
  expect(await screen.findByRole("img", { name: bar })).toBeTruthy();
  expect(screen.getByRole("img", { name: /^tagger, last 24 hours: Up / })).toBeTruthy();

  api.history = [{ ...known, events: [started, up, crashed] }];
  api.services = [ended];
  const crashedBar = /^Comfy UI, last 24 hours: Up 5 h\. Crashed once\.$/;
  expect(await screen.findByRole("img", { name: crashedBar })).toBeTruthy();
});

test("the details tell the day in words, and every event, newest first", async () => {
  const api = stubApi([ended]);
  api.history = [{ name: "comfy", events: [started, up, crashed], complete: true }];
  renderPage(<ServicesScreen />);
  const day = await openDetails();

  expect(await day.findByText(/^Up 5 h\. Crashed once\. Nothing is known before /)).toBeTruthy();
  const events = await day.findAllByRole("listitem");
  expect(events.map((item) => item.lastElementChild?.textContent)).toEqual([
    "Crashed, exited with 1 after 5 h",
    "Counts as up",
    "Started, pid 4127",
  ]);
  expect(events[0]?.querySelector("time")?.dateTime).toBe(crashed.at);
  expect(day.queryByRole("button", { name: /older/ })).toBeNull();
});

test("older events are asked for, also after that failed once", async () => {
  const api = stubApi([comfy]);
  api.history = [known];
  let older: () => Response = () => failure(503, "unavailable", "The log cannot be read.");
  api.answerGet = (path) => {
    if (path.startsWith("/api/services/comfy/history?limit=12")) return Response.json(known);
    return path.includes("history?limit=60&before=") ? older() : null;
  };
  renderPage(<ServicesScreen />);
  const day = await openDetails();

  await userEvent.click(await day.findByRole("button", { name: "Show older events of Comfy UI" }));
  expect((await day.findByRole("alert")).textContent).toContain("The log cannot be read.");
  expect(day.getAllByRole("listitem")).toHaveLength(2);

  const first = anEvent(90, { text: "Started, pid 17", pid: 17 });
  older = () => Response.json({ name: "comfy", events: [first], complete: true });
  await userEvent.click(day.getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(day.getAllByRole("listitem")).toHaveLength(3));
  expect(day.getByText("Started, pid 17")).toBeTruthy();
  expect(day.queryByRole("alert")).toBeNull();
  expect(day.queryByRole("button", { name: /older/ })).toBeNull();
});

test("a history that cannot be read says why and can be asked for again", async () => {
  const api = stubApi([comfy]);
  api.answerGet = (path) =>
    path.includes("/history?") ? failure(503, "unavailable", "The log cannot be read.") : null;
  renderPage(<ServicesScreen />);
  const day = await openDetails();
  expect((await day.findByRole("alert")).textContent).toContain("The log cannot be read.");

  api.answerGet = () => null;
  api.history = [known];
  await userEvent.click(day.getByRole("button", { name: "Try again" }));
  expect(await day.findByText("Started, pid 4127")).toBeTruthy();
});

test("where the log tells of nothing, that is said, and nothing is taken for down", async () => {
  stubApi([aService({ state: "STOPPED", started_at: null, detail: "not started yet" })]);
  renderPage(<ServicesScreen />);
  await userEvent.click(await screen.findByRole("button", { name: /^Stopped/ }));
  expect(await screen.findByText("supervisord's log tells nothing of Comfy UI.")).toBeTruthy();
  expect(await screen.findByText("Nothing is known of the last 24 hours.")).toBeTruthy();
});
