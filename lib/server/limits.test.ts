import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { createPlaces, createRequestLimits } from "./limits";

function response() {
  return Object.assign(new EventEmitter(), { headersSent: false }) as unknown as ServerResponse & {
    headersSent: boolean;
  };
}
const asked = (url: string, headers: Record<string, string> = {}) => ({ url, headers });

test.each([
  ["the longest address", asked(`/${"x".repeat(8191)}`), undefined],
  ["a longer one", asked(`/${"x".repeat(8192)}`), 414],
  ["the largest body", asked("/", { "content-length": "65536" }), undefined],
  ["a larger one", asked("/", { "content-length": "65537" }), 413],
  ["a body without end", asked("/", { "content-length": `${"9".repeat(400)}` }), 413],
])("%s", (_, request, status) => {
  expect(createRequestLimits()(request, response())?.status).toBe(status);
});

test("while too many wait for their answer others are sent away, until one has it", () => {
  const refuse = createRequestLimits();
  const open = Array.from({ length: 256 }, response);
  for (const one of open) expect(refuse(asked("/"), one)).toBeNull();

  expect(refuse(asked("/"), response())).toMatchObject({ status: 503, retryAfterSeconds: 1 });
  expect(refuse(asked("/api/health"), response())).toBeNull();
  const [first, second, third] = open;
  third?.emit("close");
  if (first) first.headersSent = true;
  expect(refuse(asked("/"), response())).toBeNull();
  expect(refuse(asked("/"), response())?.status).toBe(503);
  second?.emit("close");
  expect(refuse(asked("/"), response())).toBeNull();
});

test("one client does not take the places of all", () => {
  const places = createPlaces({ most: 5, each: 2, what: "downloads" });
  const leave = places.take("192.0.2.1");
  places.take("192.0.2.1");

  expect(() => places.take("192.0.2.1")).toThrow(
    expect.objectContaining({ code: "busy", retryAfterSeconds: 5 }),
  );
  places.take("192.0.2.2");
  leave();
  leave();
  places.take("192.0.2.1");
  expect(() => places.take("192.0.2.1")).toThrow(/from your address/);
});

test("a network of IPv6 is one client, and this machine itself is none", () => {
  const places = createPlaces({ most: 5, each: 2, what: "streams" });
  places.take("2001:db8::1");
  places.take("2001:db8::2");
  expect(() => places.take("2001:db8::3")).toThrow(/from your address/);

  for (const address of ["127.0.0.1", "::1", "127.0.0.1"]) places.take(address);
  expect(() => places.take("::1")).toThrow(expect.objectContaining({ code: "unavailable" }));
});
