// @vitest-environment jsdom
import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { BulkAction } from "@/lib/contract/services";
import { ServicesScreen } from "./services-screen";
import { aService, renderPage, self, stubApi } from "./testing";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const comfy = aService();
const jupyter = aService({ name: "jupyter", display: "Jupyter Lab" });
const kohya = aService({ name: "kohya", display: "Kohya", guarded: true });
const tagger = aService({ name: "tagger", display: "tagger", state: "STOPPED" });
const done = aService({ name: "sync", display: "sync", state: "EXITED", exit_expected: true });
const absent = aService({ name: "copilot", display: "Copilot", state: "FATAL", installed: false });

function renderAll() {
  const api = stubApi([comfy, jupyter, kohya, tagger, self, done, absent]);
  api.answerPost = (_path, body) =>
    Response.json((body as BulkAction).names.map((name) => ({ name, status: "ok" })));
  renderPage(<ServicesScreen />);
  return api;
}

test("stop all asks once, leaves out what is guarded and ControlPilot, and says how many", async () => {
  const api = renderAll();
  await userEvent.click(await screen.findByRole("button", { name: "Stop all" }));
  const dialog = await screen.findByRole("alertdialog", { name: "Stop all" });
  expect(dialog.textContent).toContain("ControlPilot stays, or you could not start them again.");
  const ticks = within(dialog).getAllByRole<HTMLInputElement>("checkbox");
  expect(ticks.map(({ checked }) => checked)).toEqual([true, true, false]);

  const kohyaTick = within(dialog).getByRole("checkbox", { name: /^Kohya/ });
  await userEvent.click(kohyaTick);
  expect(within(dialog).getByRole("button", { name: "Stop 3 services" })).toBeTruthy();
  await userEvent.click(kohyaTick);
  await userEvent.click(within(dialog).getByRole("button", { name: "Stop 2 services" }));
  expect(api.posts).toEqual([
    { path: "/api/services/actions", body: { action: "stop", names: ["comfy", "jupyter"] } },
  ]);
  expect(await screen.findByText("2 services stopped")).toBeTruthy();
});

test("start all starts what is stopped, without asking, and nothing that is absent or has finished", async () => {
  const api = renderAll();
  await userEvent.click(await screen.findByRole("button", { name: "Start all" }));
  expect(api.posts).toEqual([
    { path: "/api/services/actions", body: { action: "start", names: ["tagger"] } },
  ]);
  expect(await screen.findByText("1 service started")).toBeTruthy();
});

test("what is selected is acted on at once, and each failure is told", async () => {
  const api = renderAll();
  api.answerPost = () =>
    Response.json([
      { name: "comfy", status: "ok" },
      { name: "jupyter", status: "error", detail: "It did not end within 10 s." },
    ]);
  await userEvent.click(await screen.findByRole("checkbox", { name: "Select Comfy UI" }));
  await userEvent.click(screen.getByRole("checkbox", { name: "Select Jupyter Lab" }));
  const bar = await screen.findByRole("toolbar", { name: "Selected services" });
  expect(bar.textContent).toContain("2 selected");
  await userEvent.click(within(bar).getByRole("button", { name: "Restart" }));

  expect(api.posts).toEqual([
    { path: "/api/services/actions", body: { action: "restart", names: ["comfy", "jupyter"] } },
  ]);
  const toast = await screen.findByRole("alert");
  expect(toast.textContent).toContain("1 of 2 services did not restart");
  expect(toast.textContent).toContain("Jupyter Lab: It did not end within 10 s.");
});

test("a guarded service among the selected makes the bar ask", async () => {
  const api = renderAll();
  await userEvent.click(await screen.findByRole("checkbox", { name: "Select all" }));
  const bar = await screen.findByRole("toolbar", { name: "Selected services" });
  expect(bar.textContent).toContain("6 selected");
  await userEvent.click(within(bar).getByRole("button", { name: "Stop" }));
  expect(
    await screen.findByRole("alertdialog", { name: "Stop the selected services" }),
  ).toBeTruthy();
  expect(api.posts).toEqual([]);
  await userEvent.keyboard("{Escape}");

  await userEvent.click(within(bar).getByRole("button", { name: "Clear selection" }));
  expect(screen.queryByRole("toolbar")).toBeNull();
});

test("what the filter hides is not selected", async () => {
  renderAll();
  await userEvent.click(await screen.findByRole("checkbox", { name: "Select all" }));
  await userEvent.type(screen.getByRole("searchbox"), "comfy");
  const bar = await screen.findByRole("toolbar", { name: "Selected services" });
  expect(bar.textContent).toContain("1 selected");
});
