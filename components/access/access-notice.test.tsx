// @vitest-environment jsdom
import { cleanup, configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { ServicesScreen } from "@/components/services/services-screen";
import { aService, aSession, failure, renderPage, stubApi } from "@/components/services/testing";
import { anOffer } from "@/components/updates/testing";

configure({ asyncUtilTimeout: 5000 });

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function open(session: Parameters<typeof aSession>[0]) {
  const api = stubApi([
    aService(),
    aService({ name: "kohya", display: "Kohya", state: "STOPPED" }),
  ]);
  api.session = aSession(session);
  renderPage(<ServicesScreen />);
  return api;
}

const notice = () => screen.findByRole("region", { name: "Access" });

test("an open machine says so, and how to close it", async () => {
  open({ exposed: true });
  const words = "Anyone who reaches this address controls this machine.";
  expect((await notice()).textContent).toContain(words);
  const link = within(await notice()).getByRole("link", { name: "Set a password" });
  expect(link.getAttribute("href")).toBe("/settings#password");
});

test("once that is meant it is said no more", async () => {
  const api = open({ exposed: true });
  api.answerPost = () => failure(503, "unavailable", "access.json cannot be written: disk full.");
  const meant = within(await notice()).getByRole("button", { name: "This is meant" });
  await userEvent.click(meant);
  expect(await screen.findByText("access.json cannot be written: disk full.")).toBeTruthy();

  api.answerPost = () => {
    api.session = aSession({ exposed: true, meant: true });
    return Response.json({ status: "ok" });
  };
  await userEvent.click(meant);
  await waitFor(() => expect(screen.queryByRole("region", { name: "Access" })).toBeNull());
  expect(api.posts.at(-1)).toEqual({ path: "/api/access/exposure", body: { meant: true } });
});

test("a reader is told once, and every button that acts is dimmed and says why", async () => {
  const api = open({ required: true, signed_in: true, scope: "read" });
  api.versions = [anOffer()];
  const why = "You may look at this machine, but not change it.";
  expect((await notice()).textContent).toBe(why);

  const acting = [
    ...["Restart Comfy UI", "Stop Comfy UI", "Update Comfy UI", "Start all", "Stop all"].map(
      (name) => ({ role: "button", name }),
    ),
    { role: "switch", name: "Autostart Comfy UI" },
  ];
  for (const { role, name } of acting) {
    const [button] = await screen.findAllByRole(role, { name });
    expect([name, button?.getAttribute("aria-disabled"), button?.title]).toEqual([
      name,
      "true",
      why,
    ]);
    if (button) await userEvent.click(button);
  }
  expect(api.posts).toEqual([]);
  expect(screen.queryByRole("alertdialog")).toBeNull();
  expect(window.location.search).toBe("");
  expect(screen.getByRole("button", { name: "Log of Comfy UI" }).ariaDisabled).not.toBe("true");
});

test("whoever may act finds the buttons at work", async () => {
  const api = open({ required: true, signed_in: true });
  await userEvent.click(await screen.findByRole("button", { name: "Restart Comfy UI" }));
  await waitFor(() =>
    expect(api.posts.map(({ path }) => path)).toEqual(["/api/services/comfy/restart"]),
  );
  expect(screen.queryByRole("region", { name: "Access" })).toBeNull();
});
