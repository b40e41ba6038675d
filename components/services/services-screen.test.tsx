// @vitest-environment jsdom
import { cleanup, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { ServicesScreen } from "./services-screen";
import { aService, failure, renderPage, stubApi } from "./testing";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const comfy = aService();
const tagger = aService({
  name: "tagger",
  display: "tagger",
  state: "STOPPED",
  detail: "stopped 2 h ago",
});
const invoke = aService({
  name: "invoke",
  display: "Invoke AI",
  state: "FATAL",
  detail: "exited with 1, gave up after 4 tries",
});

test("every service has its lamp, its words and its place in the count", async () => {
  stubApi([comfy, tagger, invoke]);
  renderPage(<ServicesScreen />);

  const glance = await screen.findByRole("region", { name: "At a glance" });
  expect(glance.textContent).toContain("1 of 3 up, 1 needs you");
  const names = within(glance)
    .getAllByRole("img")
    .map((lamp) => lamp.getAttribute("aria-label"));
  expect(names).toEqual(["Comfy UI: Running", "tagger: Stopped", "Invoke AI: Failed"]);
  expect(document.title).toBe("1 needs you · Services · ControlPilot");
  expect(screen.getByRole("button", { name: /Failed\s*exited with 1, gave up/ })).toBeTruthy();
});

test("a service that waits for its update is not up, has no page, and can be stopped only", async () => {
  const held = aService({ name: "kohya", display: "Kohya", held: true, uptime_seconds: null });
  stubApi([comfy, { ...held, detail: "waits for its update" }]);
  renderPage(<ServicesScreen />);

  const glance = await screen.findByRole("region", { name: "At a glance" });
  expect(glance.textContent).toContain("1 of 2 up");
  expect(within(glance).getByRole("img", { name: "Kohya: Waiting" })).toBeTruthy();
  expect(screen.getByRole("button", { name: /^Waiting\s*waits for its update/ })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Open Comfy UI" })).toBeTruthy();
  expect(screen.queryByRole("link", { name: /Kohya/ })).toBeNull();
  expect(isDisabled("Stop Kohya")).toBe(false);
  expect(isDisabled("Restart Kohya") && isDisabled("Start Kohya")).toBe(true);
});

test("stop posts to the API, says Stopping at once, and offers the way back", async () => {
  const api = stubApi([comfy]);
  let answer = (_response: Response) => {};
  api.answerPost = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  renderPage(<ServicesScreen />);

  await userEvent.click(await screen.findByRole("button", { name: "Stop Comfy UI" }));
  expect(api.posts).toEqual([{ path: "/api/services/comfy/stop", body: undefined }]);
  expect(screen.getByRole("button", { name: /^Stopping/ })).toBeTruthy();
  expect(isDisabled("Stop Comfy UI") && isDisabled("Restart Comfy UI")).toBe(true);

  api.services = [aService({ state: "STOPPED", detail: "stopped 1 s ago" })];
  answer(Response.json({ status: "ok" }));
  expect(await screen.findByText("Comfy UI stopped")).toBeTruthy();
  expect(await screen.findByRole("button", { name: /^Stopped/ })).toBeTruthy();

  api.answerPost = () => Response.json({ status: "ok" });
  await userEvent.click(screen.getByRole("button", { name: "Start again" }));
  expect(api.posts.at(-1)).toEqual({ path: "/api/services/comfy/start", body: undefined });
});

test("a start that fails says why, in the server's words, and leads to the log", async () => {
  const api = stubApi([tagger]);
  const why = "Port 8675 is taken by node (pid 2231). Stop that program or set TAGGER_PORT.";
  api.answerPost = () => failure(409, "conflict", why);
  renderPage(<ServicesScreen />);

  await userEvent.click(await screen.findByRole("button", { name: "Start tagger" }));
  const toast = await screen.findByRole("alert");
  expect(toast.textContent).toContain("tagger did not start");
  expect(toast.textContent).toContain(why);
  await userEvent.click(within(toast).getByRole("button", { name: "Open log" }));
  expect(window.location.search).toBe("?log=tagger");
  window.history.replaceState(null, "", "/");
});

test("autostart shows what was chosen at once, and what is loaded where that differs", async () => {
  const api = stubApi([comfy]);
  api.answerPost = () => {
    api.services = [aService({ autostart: false })];
    return Response.json({ status: "ok", name: "comfy", autostart: false });
  };
  renderPage(<ServicesScreen />);

  const toggle = await screen.findByRole("switch", { name: "Autostart Comfy UI" });
  await userEvent.click(toggle);
  expect(toggle.getAttribute("aria-checked")).toBe("false");
  expect(api.posts).toEqual([
    { path: "/api/services/comfy/settings/autostart", body: { enabled: false } },
  ]);
  expect(await screen.findByText("loaded: on")).toBeTruthy();
  expect(await screen.findByText("Autostart of Comfy UI is off")).toBeTruthy();
});

test("a service that is not installed says so, and offers nothing that could not be done", async () => {
  const absent = {
    state: "STOPPED",
    installed: false,
    autostart: false,
    detail: "no program at /opt/pilot/repos/ComfyUI/main.py",
  } as const;
  const api = stubApi([aService(absent)]);
  renderPage(<ServicesScreen />);

  const row = within((await screen.findByText("Not installed")).closest("tbody") ?? document.body);
  expect(row.getByText(absent.detail)).toBeTruthy();
  for (const action of ["Start", "Stop", "Restart"]) {
    const button = row.getByRole("button", { name: `${action} Comfy UI` });
    expect(button.getAttribute("aria-disabled")).toBe("true");
    await userEvent.click(button);
  }
  const autostart = row.getByRole("switch", { name: "Autostart Comfy UI" });
  expect(autostart.title).toBe("Not installed: there is nothing to start");
  await userEvent.click(autostart);
  expect(api.posts).toEqual([]);
});

test("the autostart of a service that is not installed can still be switched off", async () => {
  const api = stubApi([aService({ state: "FATAL", installed: false })]);
  api.answerPost = () => Response.json({ status: "ok", name: "comfy", autostart: false });
  renderPage(<ServicesScreen />);

  await userEvent.click(await screen.findByRole("switch", { name: "Autostart Comfy UI" }));
  expect(api.posts).toEqual([
    { path: "/api/services/comfy/settings/autostart", body: { enabled: false } },
  ]);
});

test("the filter hides what does not match, and can be cleared", async () => {
  stubApi([comfy, tagger, invoke]);
  renderPage(<ServicesScreen />);

  await screen.findByText("Comfy UI");
  await userEvent.keyboard("/");
  await userEvent.keyboard("tag");
  expect(screen.queryByText("Comfy UI")).toBeNull();
  expect(screen.getByText("tagger")).toBeTruthy();
  await userEvent.keyboard("x");
  expect(await screen.findByText("No service matches “tagx”")).toBeTruthy();
  expect(screen.getByText("3 services are hidden by the filter.")).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Clear filter" }));
  expect(screen.getByText("Comfy UI")).toBeTruthy();
});

test("Escape empties the filter field, and Need you shows only what failed", async () => {
  stubApi([comfy, tagger, invoke]);
  renderPage(<ServicesScreen />);

  const field = await screen.findByRole<HTMLInputElement>("searchbox", { name: "Filter services" });
  await userEvent.type(field, "tag{Escape}");
  expect(field.value).toBe("");
  await userEvent.click(screen.getByRole("button", { name: "Need you 1" }));
  expect(screen.queryByText("Comfy UI")).toBeNull();
  expect(screen.getByText("Invoke AI")).toBeTruthy();
});

test("while supervisord is away the rows stay, greyed, with the time and the reason, and come back", async () => {
  const api = stubApi([comfy]);
  renderPage(<ServicesScreen />);
  await screen.findByText("Live");

  api.away = () =>
    failure(503, "unavailable", "connect to /tmp/supervisor.sock: connection refused");
  expect(await screen.findByText(/^supervisord does not answer since/)).toBeTruthy();
  expect(screen.getByText("connect to /tmp/supervisor.sock: connection refused")).toBeTruthy();
  expect(screen.getByRole("button", { name: /^Unknown since .*last seen running/ })).toBeTruthy();
  expect(screen.getByRole("table", { name: "Services" }).className).toContain("stale");
  expect(isDisabled("Stop Comfy UI")).toBe(true);

  api.away = null;
  expect(await screen.findByText("Live")).toBeTruthy();
  expect(screen.queryByText(/does not answer since/)).toBeNull();
});

test("when ControlPilot itself is gone, the words are about it and say how to get it back", async () => {
  const api = stubApi([comfy]);
  renderPage(<ServicesScreen />);
  await screen.findByText("Live");

  api.away = () => {
    throw new TypeError("Failed to fetch");
  };
  expect(await screen.findByText(/^ControlPilot does not answer since/)).toBeTruthy();
  expect(screen.getByText("supervisorctl start controlpilot")).toBeTruthy();
});

test("before supervisord was ever seen, the page says so and keeps trying", async () => {
  const api = stubApi([comfy]);
  api.away = () => failure(503, "unavailable", "Nothing answers at /tmp/supervisor.sock.");
  renderPage(<ServicesScreen />);

  expect(await screen.findByText("supervisord has not been seen yet")).toBeTruthy();
  expect(screen.getByText(/Nothing answers at \/tmp\/supervisor\.sock\./)).toBeTruthy();
  api.away = null;
  expect(await screen.findByText("Comfy UI")).toBeTruthy();
});

test("what failed before supervisord was ever seen stays on the page while it is asked anew", async () => {
  const api = stubApi([comfy]);
  api.away = () => failure(503, "unavailable", "Nothing answers at /tmp/supervisor.sock.");
  renderPage(<ServicesScreen skeleton={<p>Skeleton</p>} />);
  await screen.findByText("supervisord has not been seen yet");

  let asked = 0;
  api.away = () => {
    asked += 1;
    return new Promise<Response>(() => {});
  };
  await waitFor(() => expect(asked).toBeGreaterThan(0));
  expect(screen.getByText("supervisord has not been seen yet")).toBeTruthy();
  expect(screen.queryByText("Skeleton")).toBeNull();
});

test("the details of a failed service hold its last words and the way on", async () => {
  const api = stubApi([invoke]);
  api.log = "one\ntwo\n\u001b[31mtorch.OutOfMemoryError: CUDA out of memory\u001b[0m\n";
  renderPage(<ServicesScreen />);

  await userEvent.click(await screen.findByRole("button", { name: /^Failed/ }));
  const why = await screen.findByRole("region", { name: "Why Invoke AI is down" });
  expect(await within(why).findByText("torch.OutOfMemoryError: CUDA out of memory")).toBeTruthy();
  expect(within(why).getByRole("heading").textContent).toBe("Exited with 1, gave up after 4 tries");
  await userEvent.click(within(why).getByRole("button", { name: "Try again" }));
  await waitFor(() =>
    expect(api.posts.map(({ path }) => path)).toEqual(["/api/services/invoke/start"]),
  );
  expect(await screen.findByRole("button", { name: "err log of Invoke AI 4.8 MB" })).toBeTruthy();
});

function isDisabled(name: string) {
  return screen.getByRole("button", { name }).getAttribute("aria-disabled") === "true";
}
