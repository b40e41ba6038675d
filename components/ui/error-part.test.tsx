// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { aSession } from "@/components/services/testing";
import { Cell, Row } from "@/components/ui/table";
import { sessionQuery } from "@/lib/client/session";
import { version } from "@/package.json";
import { ErrorHost } from "./error-host";
import { isLost } from "./error-lost";
import { ErrorPart } from "./error-part";
import { lazily } from "./lazily";

const TOKEN = "hf_plantedAbcdefghijklmnopqrst";

let isBroken: boolean;

function Fragile() {
  if (isBroken) throw new Error(`no lines at https://host/x?token=${TOKEN}`);
  return <p>all lines</p>;
}

/** So that no test waits for the build of it. */
beforeAll(() => import("./error-face"));

beforeEach(() => {
  isBroken = true;
  // React says there what it has caught.
  vi.mocked(console.error).mockImplementation(() => {});
});

afterEach(() => {
  vi.mocked(console.error).mockClear();
  vi.unstubAllGlobals();
  isLost.set(false);
  cleanup();
});

test("what cannot be shown says so in its place, and the rest is there", async () => {
  render(
    <>
      <ErrorPart name="The log">
        <Fragile />
      </ErrorPart>
      <p>the rest</p>
    </>,
  );
  const face = await screen.findByRole("alert");
  expect(within(face).getByRole("heading").textContent).toBe("The log could not be shown");
  expect(face.textContent).toContain("no lines at https://host/x?token=•••");
  expect(screen.getByText("the rest")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Support bundle" }).getAttribute("href")).toBe(
    "/api/support",
  );
});

test("its details say where and when, and hold no secret", async () => {
  const writeText = vi.fn(async (_text: string) => {});
  vi.stubGlobal("isSecureContext", true);
  Object.assign(navigator, { clipboard: { writeText } });
  render(
    <ErrorPart name="The log">
      <Fragile />
    </ErrorPart>,
  );
  fireEvent.click(await screen.findByRole("button", { name: "Copy details" }));
  await screen.findByRole("button", { name: "Copied" });
  const [[details = ""] = []] = writeText.mock.calls;
  expect(details).toMatch(/^The log could not be shown\n/);
  expect(details).toContain(`ControlPilot ${version} at ${window.location.href}`);
  expect(details).toMatch(/^\d{4}-\d\d-\d\dT\S+Z, /m);
  expect(details).toMatch(/no lines at .*\n +at Fragile/);
  expect(details).toMatch(/Components:\n *at Fragile/);
  expect(details).not.toContain(TOKEN);
  expect(screen.getByRole("alert").textContent).not.toContain(TOKEN);
});

test("who may only look is not sent for a bundle that they are refused", async () => {
  const client = new QueryClient();
  client.setQueryData(sessionQuery().queryKey, aSession({ scope: "read" }));
  render(
    <QueryClientProvider client={client}>
      <ErrorPart name="The log">
        <Fragile />
      </ErrorPart>
    </QueryClientProvider>,
  );
  expect(await screen.findByRole("button", { name: "Copy details" })).toBeTruthy();
  expect(screen.queryByRole("link")).toBeNull();
});

test("trying again shows it once it can be shown", async () => {
  render(
    <ErrorPart name="The log">
      <Fragile />
    </ErrorPart>,
  );
  fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
  expect(screen.queryByText("all lines")).toBeNull();

  isBroken = false;
  fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
  expect(screen.getByText("all lines")).toBeTruthy();
  expect(screen.queryByRole("alert")).toBeNull();
});

test("where it is a part of something it stands inside of that", async () => {
  const inRow = (face: React.ReactNode) => (
    <Row>
      <Cell>{face}</Cell>
    </Row>
  );
  render(
    <ErrorPart name="The row of Kohya" frame={inRow}>
      <Fragile />
    </ErrorPart>,
  );
  const row = screen.getByRole("row");
  await within(row).findByRole("alert");
});

test("in a narrow place it is one line that can do the same", async () => {
  render(
    <ErrorPart name="The last 24 hours of Kohya" isSmall>
      <Fragile />
    </ErrorPart>,
  );
  expect((await screen.findByTitle(/^The last 24 hours of Kohya could not/)).textContent).toContain(
    "not shown",
  );
  expect(screen.getByRole("button", { name: "Copy details" })).toBeTruthy();
  isBroken = false;
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(screen.getByText("all lines")).toBeTruthy();
});

test("what is no error can be thrown, too", async () => {
  function Odd(): never {
    throw "just words";
  }
  render(
    <ErrorPart name="The log">
      <Odd />
    </ErrorPart>,
  );
  expect((await screen.findByRole("alert")).textContent).toContain("It says: just words");
});

function stubHealth(answer: () => Response) {
  const asked = vi.fn(async (path: string) => {
    expect(path).toBe("/api/health");
    return answer();
  });
  vi.stubGlobal("fetch", asked);
  return asked;
}

const lost = () => Promise.reject(new Error("Failed to load chunk /_next/static/chunks/1.js"));

test("code that is not there any more offers to load the page again", async () => {
  stubHealth(() => Response.json({ status: "ok" }));
  const Part = lazily(lost, () => <p>meanwhile</p>);
  render(
    <>
      <Part />
      <ErrorHost />
    </>,
  );
  const offer = await screen.findByRole("alert");
  expect(offer.textContent).toContain("ControlPilot may have been updated meanwhile");
  expect(within(offer).getByRole("button", { name: "Load the page again" })).toBeTruthy();
  expect(screen.getByText("meanwhile")).toBeTruthy();
});

test("while ControlPilot is away nothing is offered: the page cannot be loaded either", async () => {
  const asked = stubHealth(() => {
    throw new TypeError("Failed to fetch");
  });
  const Part = lazily(lost);
  const page = render(
    <>
      <Part />
      <ErrorHost />
    </>,
  );
  await waitFor(() => expect(asked.mock.settledResults).toHaveLength(1));
  await Promise.resolve();
  expect(page.container.textContent).toBe("");
});
