// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { ServicesScreen } from "./services-screen";
import { aService, renderPage, self, stubApi } from "./testing";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const kohya = aService({ name: "kohya", display: "Kohya", guarded: true });

test("a press on a guarded stop asks, with the focus on the safe answer, which stops nothing", async () => {
  const api = stubApi([kohya]);
  renderPage(<ServicesScreen />);

  const stop = await screen.findByRole("button", { name: "Stop Kohya, asks first" });
  await userEvent.click(stop);
  const question = await screen.findByRole("alertdialog", { name: "Stop Kohya?" });
  expect(question.textContent).toContain(
    "It has been up 9 h 41 min. Work that is not saved is lost.",
  );
  expect(document.activeElement?.textContent).toBe("Keep running");
  await userEvent.keyboard("{Enter}");
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(document.activeElement).toBe(stop);
  expect(api.posts).toEqual([]);
});

test("the whole way can be gone with the keyboard: ask, arm, act", async () => {
  const api = stubApi([kohya]);
  renderPage(<ServicesScreen />);

  (await screen.findByRole("button", { name: "Restart Kohya, asks first" })).focus();
  await userEvent.keyboard("{Enter}");
  const question = await screen.findByRole("alertdialog", { name: "Restart Kohya?" });
  await userEvent.tab();
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const button = within(question).getByRole("button", { name: "Hold to restart" });
  expect(document.activeElement).toBe(button);
  press(button, "Enter");
  press(button, "Enter");
  expect(api.posts).toEqual([]);
  await act(() => vi.advanceTimersByTimeAsync(1500));
  press(button, " ");
  vi.useRealTimers();
  const restarted = { path: "/api/services/kohya/restart", body: undefined };
  await waitFor(() => expect(api.posts).toEqual([restarted]));
});

test("holding the row's own button acts without a question; Escape answers a question with no", async () => {
  const api = stubApi([kohya]);
  renderPage(<ServicesScreen />);

  const stop = await screen.findByRole("button", { name: "Stop Kohya, asks first" });
  vi.useFakeTimers({ shouldAdvanceTime: true });
  fireEvent.pointerDown(stop);
  await act(() => vi.advanceTimersByTimeAsync(1500));
  fireEvent.pointerUp(stop);
  expect(api.posts).toEqual([{ path: "/api/services/kohya/stop", body: undefined }]);
  vi.useRealTimers();
  expect(screen.queryByRole("alertdialog")).toBeNull();

  const restart = await screen.findByRole("button", { name: "Restart Kohya, asks first" });
  await userEvent.click(restart);
  await screen.findByRole("alertdialog");
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("alertdialog")).toBeNull();
});

test("stopping ControlPilot says first how to get it back, and offers a restart", async () => {
  const api = stubApi([self]);
  renderPage(<ServicesScreen />);

  const stop = await screen.findByRole("button", { name: "Stop ControlPilot" });
  await userEvent.click(stop);
  let dialog = await screen.findByRole("alertdialog", { name: "Stop ControlPilot?" });
  expect(dialog.textContent).toContain("supervisorctl start controlpilot");
  expect(document.activeElement?.textContent).toBe("Cancel");
  await userEvent.click(within(dialog).getByRole("button", { name: "Cancel" }));
  expect(api.posts).toEqual([]);

  await userEvent.click(stop);
  dialog = await screen.findByRole("alertdialog", { name: "Stop ControlPilot?" });
  await userEvent.click(within(dialog).getByRole("button", { name: "Stop ControlPilot" }));
  expect(api.posts).toEqual([
    { path: "/api/services/controlpilot/stop?force=true", body: undefined },
  ]);
});

test("a restart of ControlPilot is over when a new process answers, whatever became of the answer", async () => {
  const api = stubApi([self]);
  const gone = () => {
    throw new TypeError("Failed to fetch");
  };
  api.answerPost = () => {
    api.away = gone;
    return gone();
  };
  renderPage(<ServicesScreen />);

  await userEvent.click(await screen.findByRole("button", { name: "Restart ControlPilot" }));
  expect((await screen.findByText("ControlPilot restarts.")).parentElement?.textContent).toBe(
    "ControlPilot restarts. This page reconnects by itself.",
  );
  await screen.findByText("Last seen");
  api.services = [{ ...self, pid: 5000 }];
  api.away = null;
  expect(await screen.findByText("ControlPilot is back")).toBeTruthy();
  expect(screen.queryByText("ControlPilot restarts.")).toBeNull();
});

function press(button: HTMLElement, key: string) {
  fireEvent.keyDown(button, { key });
  fireEvent.keyUp(button, { key });
}
