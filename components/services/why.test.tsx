// @vitest-environment jsdom
import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { Cause } from "@/lib/contract/causes";
import { ServicesScreen } from "./services-screen";
import { aService, renderPage, stubApi } from "./testing";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

const cause: Cause = {
  kind: "gpu_memory",
  title: "not enough GPU memory",
  text: "Invoke AI asked for 2.5 GB; 1.9 GB of 48 GB were free.",
  advice: "Stop a service that holds GPU memory, then try again.",
  line: {
    stream: "out",
    file: "f1",
    offset: 48_210,
    text: "\u001b[31mtorch.OutOfMemoryError: CUDA out of memory. <b>Tried</b> to allocate 2.50 GiB\u001b[0m",
  },
};
const failed = aService({
  name: "invoke",
  display: "Invoke AI",
  state: "FATAL",
  detail: "exited with 1, gave up after 4 tries",
  cause,
});
const flapping = aService({ flapping: true, restarts_last_hour: 4, detail: "up 40 s" });

async function openWhy(word: RegExp, name: string) {
  await userEvent.click(await screen.findByRole("button", { name: word }));
  return within(await screen.findByRole("region", { name }));
}

test("a known cause is said in the row, and in the details with what to do and the line that says so", async () => {
  const api = stubApi([failed]);
  renderPage(<ServicesScreen />);
  const why = await openWhy(/^Failed: not enough GPU memory/, "Why Invoke AI is down");

  expect(why.getByRole("heading", { name: /Not enough GPU memory/ })).toBeTruthy();
  expect(why.getByText("CUDA out of memory")).toBeTruthy();
  expect(why.getByText(cause.text)).toBeTruthy();
  expect(why.getByText(cause.advice)).toBeTruthy();
  const line = "torch.OutOfMemoryError: CUDA out of memory. <b>Tried</b> to allocate 2.50 GiB";
  expect(await why.findByText(line)).toBeTruthy();

  await userEvent.click(why.getByRole("button", { name: "Log at this line" }));
  expect(window.location.search).toBe("?log=invoke&stream=out&at=out%3Af1%3A48210");
  await userEvent.click(why.getByRole("button", { name: "Try again" }));
  expect(api.posts.map(({ path }) => path)).toEqual(["/api/services/invoke/start"]);
});

test("the last words stand below a known cause, and say it once", async () => {
  const api = stubApi([failed]);
  api.log = `loading model\n${cause.line?.text}\nexiting\n`;
  renderPage(<ServicesScreen />);
  const why = await openWhy(/^Failed: not enough GPU memory/, "Why Invoke AI is down");

  expect(await why.findByText("exiting")).toBeTruthy();
  expect(why.getByText("Exited with 1, gave up after 4 tries")).toBeTruthy();
  expect(why.getAllByText(/OutOfMemoryError: CUDA/)).toHaveLength(1);
  expect(why.queryByText("The line that says so")).toBeNull();
});

test("a cause that no line tells of leaves the last words to speak", async () => {
  const api = stubApi([{ ...failed, cause: { ...cause, kind: "killed_for_memory", line: null } }]);
  api.log = "loading checkpoint shards\n";
  renderPage(<ServicesScreen />);
  const why = await openWhy(/^Failed: /, "Why Invoke AI is down");

  expect(why.getByText("Killed for memory")).toBeTruthy();
  expect(await why.findByText("loading checkpoint shards")).toBeTruthy();
  expect(why.getByRole("button", { name: "Open log" })).toBeTruthy();
});

test("a service that crashes again and again needs a person, though it is up", async () => {
  const api = stubApi([flapping]);
  api.log = "RuntimeError: bad\n";
  renderPage(<ServicesScreen />);

  const glance = await screen.findByRole("region", { name: "At a glance" });
  expect(glance.textContent).toContain("1 of 1 up, 1 needs you");
  expect(within(glance).getByRole("img", { name: "Comfy UI: Keeps crashing" })).toBeTruthy();
  expect(screen.getByRole("button", { name: "Need you 1" })).toBeTruthy();

  const why = await openWhy(
    /^Keeps crashing\s*4 restarts in an hour, up 40 s/,
    "Why Comfy UI keeps crashing",
  );
  expect(why.getByRole("heading", { name: /4 restarts in an hour, up 40 s/ })).toBeTruthy();
  expect(why.getByText(/long enough to count as running/)).toBeTruthy();
  expect(await why.findByText("RuntimeError: bad")).toBeTruthy();
  expect(why.queryByRole("button", { name: /Try again/ })).toBeNull();
  const restart = screen.getByRole("button", { name: "Restart Comfy UI" });
  expect(restart.getAttribute("aria-disabled")).toBeNull();
  expect(screen.getByText("4 restarts")).toBeTruthy();
});

test("with its cause known, a service that keeps crashing shows that and its last words", async () => {
  const api = stubApi([{ ...flapping, cause }]);
  api.log = "starting once more\n";
  renderPage(<ServicesScreen />);
  const why = await openWhy(/^Keeps crashing: not enough/, "Why Comfy UI keeps crashing");
  expect(why.getByText(/OutOfMemoryError/)).toBeTruthy();
  expect(await why.findByText("starting once more")).toBeTruthy();
});
