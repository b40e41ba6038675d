// @vitest-environment jsdom
import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { BootNotice } from "./boot-notice";
import { ConfigNotice } from "./config-notice";
import { renderPage, stubApi } from "./testing";

afterEach(() => {
  cleanup();
  localStorage.clear();
  vi.unstubAllGlobals();
});

const logs = "/workspace/logs takes no byte: logs go to /run/pilot/logs.";
const choices = "service-autostart.toml cannot be used: line 3, column 5.";

function boot(...problems: string[]) {
  stubApi([]).boot = { problems };
  return renderPage(<BootNotice />);
}

test("one problem is told in its sentence", async () => {
  boot(logs);
  const notice = await screen.findByRole("region", { name: "Boot" });
  expect(notice.textContent).toBe(`This boot had a problem${logs}`);
});

test("several are counted and listed in their order", async () => {
  boot(logs, choices);
  const notice = await screen.findByRole("region", { name: "Boot" });
  expect(notice.textContent).toContain("This boot had 2 problems");
  const items = within(notice).getAllByRole("listitem");
  expect(items.map((item) => item.textContent)).toEqual([logs, choices]);
});

test("many fold, so that the services stay in sight", async () => {
  boot("One.", "Two.", "Three.", "Four.");
  const notice = await screen.findByRole("region", { name: "Boot" });
  expect(notice.textContent).toContain("Two.");
  expect(notice.textContent).not.toContain("Three.");
  await userEvent.click(within(notice).getByRole("button", { name: "Show 2 more" }));
  const items = within(notice).getAllByRole("listitem");
  expect(items.map((item) => item.textContent)).toEqual(["One.", "Two.", "Three.", "Four."]);
});

test("once hidden it stays away until something else goes wrong", async () => {
  const page = boot(logs);
  await userEvent.click(await screen.findByRole("button", { name: "Hide until it changes" }));
  expect(screen.queryByRole("region")).toBeNull();

  page.unmount();
  boot(logs, choices);
  expect((await screen.findByRole("region")).textContent).toContain(choices);
});

test("a boot without problems says nothing", async () => {
  const api = stubApi([]);
  api.config = { ...api.config, error: "The config cannot be parsed." };
  renderPage(
    <>
      <BootNotice />
      <ConfigNotice services={[]} />
    </>,
  );
  await screen.findByRole("region", { name: "Config file" });
  expect(screen.queryByRole("region", { name: "Boot" })).toBeNull();
});
