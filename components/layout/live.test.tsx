// @vitest-environment jsdom
import { act, cleanup, configure, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ServicesScreen } from "@/components/services/services-screen";
import { aService, renderPage, stubApi } from "@/components/services/testing";
import { aJob } from "@/components/updates/testing";
import { stubStreams } from "@/lib/client/testing/streams";
import { otherTab, setSeen, stubChannels } from "@/lib/client/testing/tabs";
import { Live, NotifyItem } from "./live";
import { MoreSheet } from "./more-sheet";

configure({ asyncUtilTimeout: 5000 });

const comfy = aService();
const failed = aService({ state: "FATAL", detail: "exited with 1, gave up after 4 tries" });
const kohya = aService({ name: "kohya", display: "Kohya" });

/** Stands in for the browser's. */
class FakeNotification extends EventTarget {
  static permission: NotificationPermission = "default";
  static answer: NotificationPermission = "granted";
  static isForbidden = false;
  static shown: FakeNotification[] = [];
  static async requestPermission() {
    FakeNotification.permission = FakeNotification.answer;
    return FakeNotification.answer;
  }

  readonly close = vi.fn();

  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    super();
    if (FakeNotification.isForbidden) throw new TypeError("Illegal constructor");
    FakeNotification.shown.push(this);
  }
}

let server: ReturnType<typeof stubStreams>;
let api: ReturnType<typeof stubApi>;

beforeEach(() => {
  stubChannels();
  Object.assign(FakeNotification, {
    permission: "default",
    answer: "granted",
    isForbidden: false,
    shown: [],
  });
  vi.stubGlobal("Notification", FakeNotification);
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("focus", vi.fn());
  api = stubApi([comfy, kohya]);
  server = stubStreams((path) => path === "/api/events");
  document.head.innerHTML = '<link rel="icon" href="/icon.svg">';
});

afterEach(() => {
  setSeen(true);
  cleanup();
  vi.unstubAllGlobals();
  localStorage.clear();
  window.history.replaceState(null, "", "/");
});

async function openPage() {
  renderPage(
    <>
      <ServicesScreen />
      <NotifyItem />
      <Live />
    </>,
  );
  await screen.findByText("Comfy UI");
  server.last().open();
  await send("services", [comfy, kohya]);
  await waitFor(() => expect(screen.getByText("Live").title).toBe(""));
}

async function send(name: string, data: unknown) {
  server.last().sendEvent(name, data);
  await act(async () => {});
}

const notifySwitch = () => screen.getByRole("switch", { name: "Notify me" });
const isOn = () => notifySwitch().getAttribute("aria-checked") === "true";
const titles = () => FakeNotification.shown.map(({ title }) => title);
const iconOf = () => document.querySelector<HTMLLinkElement>("link")?.getAttribute("href");

test("a row changes when the server says so; what stands over it tells how it is known", async () => {
  await openPage();
  await send("services", [failed, kohya]);
  expect(await screen.findByRole("button", { name: /^Failed\s*exited with 1/ })).toBeTruthy();

  api.services = [comfy, kohya];
  await act(async () => server.last().fail());
  await waitFor(() => expect(screen.getByText("Live").title).toBe("Asked every second"));
  expect(await screen.findByText("2 of 2 up")).toBeTruthy();
});

test("what fails while nobody looks stands in front of the title until somebody does", async () => {
  await openPage();
  await send("services", [failed, kohya]);
  await waitFor(() => expect(document.title).toBe("1 needs you · Services · ControlPilot"));

  await send("services", [comfy, kohya]);
  setSeen(false);
  await send("services", [failed, kohya]);
  await waitFor(() => expect(document.title).toBe("● Comfy UI failed · Services · ControlPilot"));
  expect(iconOf()).toBe("/icon-marked.svg");
  await send("services", [failed, { ...kohya, flapping: true }]);
  const both = "● Kohya keeps crashing, 1 more · Services · ControlPilot";
  await waitFor(() => expect(document.title).toBe(both));
  expect(titles()).toEqual([]);

  act(() => setSeen(true));
  expect(document.title).toBe("2 need you · Services · ControlPilot");
  expect(iconOf()).toContain("/icon.svg");
});

test("switched on, it notifies of what fails out of sight, and a click leads to its log", async () => {
  await openPage();
  expect(isOn()).toBe(false);
  await userEvent.click(notifySwitch());
  await waitFor(() => expect(isOn()).toBe(true));
  expect(titles()).toEqual(["ControlPilot notifies you"]);

  await send("services", [failed, kohya]);
  await send("services", [comfy, kohya]);
  setSeen(false);
  await send("services", [failed, kohya]);
  await waitFor(() => expect(titles()).toEqual(["ControlPilot notifies you", "Comfy UI failed"]));
  const shown = FakeNotification.shown[1];
  expect(shown?.options).toEqual({
    body: "Exited with 1, gave up after 4 tries",
    tag: "controlpilot comfy",
  });
  act(() => void shown?.dispatchEvent(new Event("click")));
  expect(window.focus).toHaveBeenCalled();
  expect(shown?.close).toHaveBeenCalled();
  expect(window.location.search).toBe("?log=comfy");
});

test("an update that ends is told of, and a click leads to it", async () => {
  localStorage.setItem("controlpilot.notify", "on");
  FakeNotification.permission = "granted";
  api.jobs = [aJob()];
  await openPage();
  setSeen(false);
  const outcome = "Rolled back. Comfy UI runs master@123a787 as before.";
  await send("job", aJob({ state: "rolled_back", outcome }));
  await waitFor(() => expect(titles()).toEqual(["The update of Comfy UI was rolled back"]));
  expect(FakeNotification.shown[0]?.options.body).toBe(outcome);
  act(() => void FakeNotification.shown[0]?.dispatchEvent(new Event("click")));
  expect(window.location.search).toBe("?update=comfy&job=job-1");
});

test("a tab that left the stream to another leaves it the notifications as well", async () => {
  localStorage.setItem("controlpilot.notify", "on");
  FakeNotification.permission = "granted";
  await openPage();
  const other = otherTab();
  setSeen(false);
  api.services = [failed, kohya];
  await act(async () => other.say("streams"));
  await waitFor(() => expect(document.title).toContain("● Comfy UI failed"));
  expect(titles()).toEqual([]);
});

test("switched off, it is quiet, also after the page is loaded again", async () => {
  await openPage();
  await userEvent.click(notifySwitch());
  await waitFor(() => expect(isOn()).toBe(true));
  await userEvent.click(notifySwitch());
  expect(isOn()).toBe(false);
  expect(localStorage).toHaveLength(0);
  setSeen(false);
  await send("services", [failed, kohya]);
  await waitFor(() => expect(document.title).toContain("● Comfy UI failed"));
  expect(titles()).toEqual(["ControlPilot notifies you"]);
});

test("the switch follows what is switched in another tab", async () => {
  FakeNotification.permission = "granted";
  renderPage(<NotifyItem />);
  expect(isOn()).toBe(false);
  localStorage.setItem("controlpilot.notify", "on");
  act(() => void window.dispatchEvent(new StorageEvent("storage")));
  expect(isOn()).toBe(true);
});

const obstacles: [string, () => void, RegExp][] = [
  [
    "the browser says no",
    () => Object.assign(FakeNotification, { answer: "denied" }),
    /blocks notifications for this address\. Allow them in its settings/,
  ],
  [
    "nobody answers the browser",
    () => Object.assign(FakeNotification, { answer: "default" }),
    /asked whether it may, and got no answer/,
  ],
  [
    "the address is not trusted",
    () => vi.stubGlobal("isSecureContext", false),
    /only where the address begins with https/,
  ],
  [
    "the browser knows the word only",
    () => Object.assign(FakeNotification, { isForbidden: true }),
    /has no notifications for pages/,
  ],
  ["the browser has none", () => vi.stubGlobal("Notification", undefined), /has no notifications/],
];

test.each(
  obstacles,
)("where %s, that is said, and the switch stays off", async (_case, obstruct, words) => {
  obstruct();
  renderPage(<MoreSheet onClose={() => {}} onShortcuts={() => {}} />);
  await userEvent.click(notifySwitch());
  await waitFor(() => expect(screen.getByRole("status").textContent).toMatch(words));
  expect(isOn()).toBe(false);
  expect(localStorage).toHaveLength(0);
});

test("in the side bar a toast says why there are none", async () => {
  Object.assign(FakeNotification, { answer: "denied" });
  renderPage(<NotifyItem />);
  await userEvent.click(notifySwitch());
  expect(await screen.findByText(/blocks notifications for this address/)).toBeTruthy();
});
