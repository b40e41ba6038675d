// @vitest-environment jsdom
import { cleanup, configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aSession, failure, renderPage } from "@/components/services/testing";
import { AccessSettings } from "./access-settings";
import { anAccessSession, aSignedIn, aToken, stubAccess, stubLocation } from "./testing";

configure({ asyncUtilTimeout: 5000 });

beforeEach(() => {
  vi.stubGlobal("isSecureContext", true);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  window.history.replaceState(null, "", "/");
});

function open(...server: Parameters<typeof stubAccess>) {
  const stub = stubAccess(...server);
  renderPage(<AccessSettings />);
  return stub;
}

const button = (name: string) => screen.findByRole("button", { name });
const section = (name: string) => screen.findByRole("region", { name });
const press = async (name: string) => userEvent.click(await button(name));

test("the first password closes the machine, and whoever set it stays in", async () => {
  window.history.replaceState(null, "", "/settings#password");
  const server = open(aSession({ exposed: true }));
  server.answer = () => {
    server.session = aSignedIn();
    return Response.json(server.session);
  };
  const field = await screen.findByLabelText<HTMLInputElement>("New password");
  expect(document.activeElement).toBe(field);
  expect(field.autocomplete).toBe("new-password");

  await userEvent.type(field, "correct horse");
  await press("Set password");
  expect(await screen.findByText("This machine asks for a password now")).toBeTruthy();
  expect(await button("Change password")).toBeTruthy();
  expect(server.asked).toEqual([
    { method: "PUT", path: "/api/access/password", body: { password: "correct horse" } },
  ]);
});

test("a password that is too short is not sent", async () => {
  const server = open(aSession());
  await userEvent.type(await screen.findByLabelText("New password"), "short{Enter}");
  const field = screen.getByLabelText("New password");
  const alert = screen.getByText("A password has at least 8 characters.");
  expect(field.getAttribute("aria-describedby")?.split(" ")).toContain(alert.id);
  expect(server.asked).toEqual([]);
});

test("a change needs the current one; a refusal stands beneath, and nothing is lost", async () => {
  const server = open(aSignedIn());
  server.answer = () => failure(403, "forbidden", "That is not the current password.");
  await userEvent.type(await screen.findByLabelText("Current password"), "old password");
  await userEvent.type(screen.getByLabelText("New password"), "correct horse");
  await press("Change password");
  expect(await screen.findByText("That is not the current password.")).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>("New password").value).toBe("correct horse");

  server.answer = () => null;
  await press("Change password");
  expect(await screen.findByText("The password is changed")).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>("New password").value).toBe("");
  const body = { password: "correct horse", current: "old password" };
  expect(server.asked.at(-1)).toEqual({ method: "PUT", path: "/api/access/password", body });
});

test("removing it asks for it, and says what follows", async () => {
  const server = open(aSignedIn());
  await press("Remove password");
  const warning = "Without a password, anyone who reaches this address controls this machine.";
  expect(screen.getByText(warning)).toBeTruthy();
  await press("Keep it");
  expect(screen.queryByText(warning)).toBeNull();

  server.answer = () => {
    server.session = aSession({ exposed: true });
    return null;
  };
  await press("Remove password");
  await userEvent.type(screen.getByLabelText("Current password"), "old password");
  await press("Remove password");
  expect(await button("Set password")).toBeTruthy();
  expect(server.asked).toEqual([
    { method: "DELETE", path: "/api/access/password", body: { current: "old password" } },
  ]);
});

test.each([
  ["environment", /holds in its environment/],
  ["secrets", /stands as CONTROLPILOT_PASSWORD in config\/secrets\.env/],
] as const)("a password of %s is changed where it stands", async (source, words) => {
  open(aSignedIn({ password: { set: true, source } }));
  expect((await section("Password")).textContent).toMatch(words);
  expect(screen.queryByLabelText(/password/)).toBeNull();
});

test("that a machine is open is said, until it is meant", async () => {
  const server = open(aSession({ exposed: true }));
  server.answer = ({ body }) => {
    server.session = aSession({ exposed: true, ...(body as { meant: boolean }) });
    return null;
  };
  expect((await section("Password")).textContent).toContain("Anyone who reaches this address");
  const meant = screen.getByRole("switch", { name: "This is meant" });
  await userEvent.click(meant);
  await waitFor(() => expect(meant.getAttribute("aria-disabled")).toBeNull());
  expect(meant.getAttribute("aria-checked")).toBe("true");
  expect(server.asked).toEqual([
    { method: "PUT", path: "/api/access/exposure", body: { meant: true } },
  ]);
});

test("a machine that only itself reaches needs no such switch", async () => {
  open(aSession());
  expect((await section("Password")).textContent).toContain("from this machine alone");
  expect(screen.queryByRole("switch")).toBeNull();
});

test("a token is seen once, then only its name", async () => {
  const user = userEvent.setup();
  const server = open(aSignedIn());
  const token = "cp_dGhlIHZlcnkgdG9rZW4";
  server.answer = ({ body }) => {
    const created = { ...aToken(), ...(body as object) };
    server.access.tokens = [created];
    return Response.json({ ...created, token });
  };
  await press("Create token");
  expect(screen.getByText(/^Give it a name/)).toBeTruthy();
  expect(server.asked).toEqual([]);

  await userEvent.type(screen.getByLabelText("Name of a new token"), " backup ");
  await press("Everything");
  await press("Create token");
  const seen = await section("The token backup");
  expect(document.activeElement).toBe(seen);
  expect(seen.textContent).toContain(token);
  await user.click(await button("Copy token"));
  expect(await navigator.clipboard.readText()).toBe(token);

  await press("Done");
  expect(document.body.textContent).not.toContain(token);
  expect(await button("Revoke backup")).toBeTruthy();
  expect(server.asked).toEqual([
    { method: "POST", path: "/api/access/tokens", body: { name: "backup", scope: "full" } },
  ]);
});

test("a token is revoked once that has been asked", async () => {
  const server = open(aSignedIn(), { tokens: [aToken()] });
  expect((await section("Tokens for scripts")).textContent).toContain("never used");
  await press("Revoke nightly");
  expect(document.activeElement?.textContent).toBe("Keep it");
  await press("Keep it");
  expect(document.activeElement).toBe(await button("Revoke nightly"));
  expect(server.asked).toEqual([]);

  server.answer = () => {
    server.access.tokens = [];
    return null;
  };
  await press("Revoke nightly");
  await press("Revoke the token");
  await waitFor(() => expect(screen.queryByRole("button", { name: "Revoke nightly" })).toBeNull());
  expect(server.asked).toEqual([
    { method: "DELETE", path: "/api/access/tokens/t1", body: undefined },
  ]);
});

test("browsers are listed, this one marked, and each can be signed out", async () => {
  const here = anAccessSession({ id: "s0", browser: "Chrome on Windows", current: true });
  const server = open(aSignedIn(), { sessions: [here, anAccessSession()] });
  const items = within(await section("Signed in")).getAllByRole("listitem");
  expect(items.map((item) => item.textContent?.includes("this browser"))).toEqual([true, false]);

  server.answer = () => failure(503, "unavailable", "access.json cannot be written: disk full.");
  await press("Sign out Firefox on Linux at 10.0.0.7");
  expect(await screen.findByText("access.json cannot be written: disk full.")).toBeTruthy();

  server.answer = () => {
    server.access.sessions = [here];
    return null;
  };
  await press("Sign out everywhere else");
  await waitFor(() => expect(screen.queryByText("Firefox on Linux")).toBeNull());
  expect(screen.queryByRole("button", { name: "Sign out everywhere else" })).toBeNull();
  expect(server.asked.map(({ path }) => path)).toEqual([
    "/api/access/sessions/s1",
    "/api/access/sessions",
  ]);
});

test("signing out here leads to the sign-in", async () => {
  const location = stubLocation("http://localhost:7878/settings");
  const server = open(aSignedIn(), { sessions: [anAccessSession({ current: true })] });
  await press("Sign out here");
  await waitFor(() => expect(location.assign).toHaveBeenCalledWith("/login"));
  expect(server.asked).toEqual([{ method: "DELETE", path: "/api/session", body: undefined }]);
});

test("readers see that this is not for them", async () => {
  open(aSignedIn({ scope: "read" }));
  expect(await screen.findByText("Settings are not for readers")).toBeTruthy();
  expect(screen.queryByRole("textbox")).toBeNull();
});

test("what cannot be read says why, and can be asked for again", async () => {
  const server = open(aSignedIn());
  const answers = globalThis.fetch;
  const broken = "access.json is broken. Nothing in it counts until it is mended.";
  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) =>
    path === "/api/access" ? failure(503, "unavailable", broken) : answers(path, init),
  );
  expect(await screen.findByText(broken)).toBeTruthy();
  // The password is not in the part that is broken.
  expect(await button("Change password")).toBeTruthy();

  vi.stubGlobal("fetch", answers);
  server.access.tokens = [aToken()];
  await press("Try again");
  expect(await button("Revoke nightly")).toBeTruthy();
});
