// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { request } from "./api";
import { placeAfterSignIn } from "./sign-in";
import { openStream } from "./sse";
import { stubStreams } from "./testing/streams";
import { stubChannels } from "./testing/tabs";

const origin = "https://pod-7878.proxy.runpod.net";
const refusal = () =>
  Response.json({ detail: "Sign in first.", code: "unauthorized" }, { status: 401 });

beforeEach(stubChannels);

afterEach(() => {
  // As if the page had been come back to.
  window.dispatchEvent(new Event("pageshow"));
  vi.unstubAllGlobals();
});

function stubPage(path: string) {
  const { pathname, search, hash } = new URL(path, origin);
  const page = { origin, pathname, search, hash, replace: vi.fn() };
  vi.stubGlobal("location", page);
  return page;
}

test.each([
  ["/", "/"],
  ["/updates", "/updates"],
  ["/?log=comfy&at=out%3Af1%3A12#end", "/?log=comfy&at=out%3Af1%3A12#end"],
  ["/services/comfy/log", "/services/comfy/log"],
])("after the sign-in %s is where it goes on", (next, path) => {
  const search = `?next=${encodeURIComponent(next)}`;
  expect(placeAfterSignIn({ origin, search })).toBe(`${origin}${path}`);
});

test.each([
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example/",
  "/\t/evil.example/",
  "\\\\evil.example",
  "javascript:alert(1)",
  " /updates",
  "updates",
  "http://[",
  "/login?next=/login",
  "/login",
  "",
])("%j is no place to go on to", (next) => {
  const search = `?next=${encodeURIComponent(next)}`;
  expect(placeAfterSignIn({ origin, search })).toBe(`${origin}/`);
});

test.each([
  "/.//evil.example/",
  "/%2e//evil.example/",
  "/x/..//evil.example/",
])("%j, which resolves to two slashes, stays on this site", (next) => {
  const place = placeAfterSignIn({ origin, search: `?next=${encodeURIComponent(next)}` });
  expect(new URL(place).origin).toBe(origin);
  expect(place.startsWith(`${origin}/`)).toBe(true);
});

test("without a place it goes on to the services", () => {
  expect(placeAfterSignIn({ origin, search: "" })).toBe(`${origin}/`);
});

test("a page whose session has ended leaves for the sign-in once, with the way back", async () => {
  const page = stubPage("/updates?update=comfy#x");
  vi.stubGlobal("fetch", async () => refusal());
  await expect(request("/api/services")).rejects.toThrow("Sign in first.");
  await expect(request("/api/supervisor")).rejects.toThrow("Sign in first.");
  expect(page.replace.mock.calls).toEqual([["/login?next=%2Fupdates%3Fupdate%3Dcomfy%23x"]]);
});

test("the sign-in page itself stays where it is", async () => {
  const page = stubPage("/login?next=%2Fupdates");
  vi.stubGlobal("fetch", async () => refusal());
  await expect(request("/api/session")).rejects.toThrow("Sign in first.");
  expect(page.replace).not.toHaveBeenCalled();
});

test("a refusal of a proxy in between leads nowhere", async () => {
  const page = stubPage("/");
  vi.stubGlobal("fetch", async () => new Response("<h1>Log in</h1>", { status: 401 }));
  await expect(request("/api/services")).rejects.toThrow("The server answered 401.");
  expect(page.replace).not.toHaveBeenCalled();
});

test("a stream that is refused leads to the sign-in too", async () => {
  const page = stubPage("/services/comfy/log");
  const server = stubStreams();
  const onState = vi.fn();
  const stream = openStream({ url: "/api/events", onEvent: () => {}, onState });
  server.last().refuse(refusal());
  await vi.waitFor(() => expect(onState).toHaveBeenCalledWith("lost", expect.any(Error)), 10_000);
  expect(page.replace.mock.calls).toEqual([["/login?next=%2Fservices%2Fcomfy%2Flog"]]);
  stream.close();
});

test("a stream for which there is no room now is asked for again", async () => {
  const server = stubStreams();
  const onState = vi.fn();
  const stream = openStream({ url: "/api/events", onEvent: () => {}, onState });
  server
    .last()
    .refuse(Response.json({ detail: "Too many streams.", code: "busy" }, { status: 429 }));
  await vi.waitFor(() => expect(server.requests).toHaveLength(2), 10_000);
  expect(onState).not.toHaveBeenCalledWith("lost", expect.anything());
  stream.close();
});
