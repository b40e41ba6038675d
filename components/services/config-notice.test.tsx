// @vitest-environment jsdom
import { cleanup, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { ConfigNotice } from "./config-notice";
import { aService, renderPage, stubApi } from "./testing";

afterEach(() => {
  cleanup();
  localStorage.clear();
  vi.unstubAllGlobals();
});

const drift = {
  changed: ["ai-toolkit"],
  added: ["tagger"],
  removed: [],
  options: { "ai-toolkit": ["autostart"] },
  error: null,
};
const services = [aService({ name: "ai-toolkit", display: "AI Toolkit" })];

test("the notice names what differs, and opens to say what that takes", async () => {
  stubApi(services).config = drift;
  renderPage(<ConfigNotice services={services} />);

  const notice = await screen.findByRole("region", { name: "Config file" });
  expect(notice.textContent).toContain(
    "The config file differs from what is loaded: AI Toolkit (autostart), tagger (added).",
  );
  await userEvent.click(screen.getByRole("button", { name: "See what differs" }));
  expect(notice.textContent).toContain(
    "Takes effect when supervisord starts next, or with supervisorctl update ai-toolkit, which restarts it.",
  );
});

test("once hidden it stays away until the config differs otherwise", async () => {
  const api = stubApi(services);
  api.config = drift;
  const page = renderPage(<ConfigNotice services={services} />);
  await userEvent.click(await screen.findByRole("button", { name: "Hide until it changes" }));
  expect(screen.queryByRole("region")).toBeNull();

  page.unmount();
  api.config = { ...drift, removed: ["old"] };
  renderPage(<ConfigNotice services={services} />);
  expect((await screen.findByRole("region")).textContent).toContain("old (removed)");
});

test("a config that cannot be read is told in the server's words", async () => {
  const error = "/etc/supervisor/supervisord.conf line 12 cannot be parsed.";
  stubApi(services).config = { ...drift, error };
  renderPage(<ConfigNotice services={services} />);
  expect((await screen.findByRole("region", { name: "Config file" })).textContent).toBe(error);
});
