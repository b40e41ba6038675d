// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, configure, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { renderToString } from "react-dom/server";
import { afterEach, expect, test, vi } from "vitest";
import { failure, renderPage } from "@/components/services/testing";
import { SignInScreen } from "./sign-in-screen";
import { aSignedIn, stubAccess, stubLocation } from "./testing";

const origin = "https://pod-7878.proxy.runpod.net";
const out = aSignedIn({ signed_in: false, scope: null, name: null });

configure({ asyncUtilTimeout: 5000 });

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const field = () => screen.getByLabelText<HTMLInputElement>("Password");
const button = () => screen.getByRole("button", { name: /^Sign/ });

function open(session = out, path = "/login") {
  const server = stubAccess(session);
  const location = stubLocation(`${origin}${path}`);
  renderPage(<SignInScreen />);
  return { server, location };
}

test("the right password leads back to where one was", async () => {
  const { server, location } = open(out, "/login?next=%2F%3Flog%3Dcomfy");
  server.answer = () => {
    server.session = aSignedIn();
    return Response.json(server.session);
  };
  expect(document.activeElement).toBe(field());
  await userEvent.type(field(), "correct horse{Enter}");
  await waitFor(() => expect(location.replace).toHaveBeenCalledWith(`${origin}/?log=comfy`));
  expect(server.asked).toEqual([
    { method: "POST", path: "/api/session", body: { password: "correct horse" } },
  ]);
});

test("a wrong one is said beneath the field, which is ready for the next try", async () => {
  const { server, location } = open();
  server.answer = () => failure(401, "unauthorized", "That is not the password.");
  await userEvent.type(field(), "wrong{Enter}");
  const alert = await screen.findByText("That is not the password.");
  expect(alert.getAttribute("role")).toBe("alert");
  expect(field().getAttribute("aria-describedby")?.split(" ")).toContain(alert.id);
  expect(field().getAttribute("aria-invalid")).toBe("true");
  expect([field().selectionStart, field().selectionEnd]).toEqual([0, 5]);
  expect(location.replace).not.toHaveBeenCalled();
});

test("after too many it counts down, and takes no try before", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
  const { server } = open();
  server.answer = () => {
    const refusal = failure(429, "busy", "Too many wrong passwords. Try again in 3 s.");
    refusal.headers.set("retry-after", "3");
    return refusal;
  };
  fireEvent.change(field(), { target: { value: "wrong" } });
  fireEvent.click(button());
  expect(await screen.findByText("The next try counts in 3 s.")).toBeTruthy();
  expect(screen.getByText("There were too many wrong passwords.")).toBeTruthy();
  expect(button().getAttribute("aria-disabled")).toBe("true");
  fireEvent.click(button());

  act(() => vi.advanceTimersByTime(2000));
  expect(screen.getByText("The next try counts in 1 s.")).toBeTruthy();
  act(() => vi.advanceTimersByTime(1000));
  expect(screen.queryByText(/next try/)).toBeNull();
  expect(screen.queryByText(/too many/)).toBeNull();
  expect(server.asked).toHaveLength(1);

  fireEvent.click(button());
  await waitFor(() => expect(server.asked).toHaveLength(2));
});

test("without a password nothing is asked", async () => {
  const { server } = open();
  await userEvent.click(button());
  expect(document.activeElement).toBe(field());
  expect(server.asked).toEqual([]);
});

test("what is typed can be shown", async () => {
  open();
  const show = screen.getByRole("button", { name: "Show password" });
  expect(field().type).toBe("password");
  await userEvent.click(show);
  expect(field().type).toBe("text");
  expect(show.getAttribute("aria-pressed")).toBe("true");
  await userEvent.click(show);
  expect(field().type).toBe("password");
});

test("password managers find the field and a name to keep it under", () => {
  open();
  const { form, autocomplete } = field();
  expect(autocomplete).toBe("current-password");
  const names = form?.querySelectorAll<HTMLInputElement>("[autocomplete=username]") ?? [];
  expect([...names].map(({ hidden, value }) => [hidden, value])).toEqual([[true, "pilot"]]);
});

test("before the page is at work the browser cannot send the password anywhere", () => {
  const page = (
    <QueryClientProvider client={new QueryClient()}>
      <SignInScreen />
    </QueryClientProvider>
  );
  document.body.innerHTML = renderToString(page);
  expect(button().hasAttribute("disabled")).toBe(true);
  // Whatever else may send it, it does not stand in the address then.
  expect(field().form?.method).toBe("post");
  document.body.innerHTML = "";
});

test.each([
  ["somebody who is signed in already", aSignedIn()],
  ["a machine that asks for no password", aSignedIn({ required: false, signed_in: false })],
])("%s goes on", async (_who, session) => {
  const { location } = open(session, "/login?next=%2Fupdates");
  await waitFor(() => expect(location.replace).toHaveBeenCalledWith(`${origin}/updates`));
});

test("nobody is sent to another site", async () => {
  const { location } = open(aSignedIn(), "/login?next=%2F%2Fevil.example");
  await waitFor(() => expect(location.replace).toHaveBeenCalledWith(`${origin}/`));
});

test.each([
  ["environment", /^It is what CONTROLPILOT_PASSWORD says in the environment/],
  ["secrets", /^It stands in config\/secrets\.env/],
  ["settings", /^It was set on the settings page\. If it is lost,/],
] as const)("it says where a password of %s is found", async (source, words) => {
  open(aSignedIn({ signed_in: false, password: { set: true, source } }));
  const hint = (_text: string, element: Element | null) =>
    element?.tagName === "P" && words.test(element.textContent);
  expect(await screen.findByText(hint)).toBeTruthy();
});

test("that ControlPilot is away is said like any other refusal", async () => {
  const { server } = open();
  server.answer = () => Promise.reject(new TypeError("Failed to fetch"));
  await userEvent.type(field(), "secret{Enter}");
  expect(await screen.findByText("ControlPilot does not answer.")).toBeTruthy();
});
