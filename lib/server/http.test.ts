import { afterEach, expect, test, vi } from "vitest";
import * as z from "zod/mini";
import { DOOR_HEADER, markOfDoor } from "./door-mark";
import { AppError } from "./errors";
import { accepted, parse, parseBody, parseQuery, routes } from "./http";

const ask = (handler: ReturnType<typeof routes>["GET"], init?: RequestInit) =>
  handler(new Request("http://test/api/x?lines=5", init), { params: Promise.resolve({}) });

test("what a handler returns is the answer, and is never kept", async () => {
  const response = await ask(routes({ GET: () => ({ a: 1 }) }).GET);

  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toEqual({ a: 1 });
});

test.each([
  ["invalid", 400],
  ["unauthorized", 401],
  ["forbidden", 403],
  ["not_found", 404],
  ["conflict", 409],
  ["unavailable", 503],
] as const)("%s answers %i with its sentence", async (code, status) => {
  const { GET } = routes({
    GET: () => {
      throw new AppError(code, "A sentence.");
    },
  });
  const response = await ask(GET);

  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ detail: "A sentence.", code });
});

test("a bug is logged once and answers 500 without its words", async () => {
  const log = vi.mocked(console.error).mockImplementation(() => {});
  const bug = new Error("secret");
  const { GET } = routes({ GET: () => Promise.reject(bug) });

  const response = await ask(GET);

  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
  expect(log.mock.calls).toEqual([[bug]]);
  log.mockClear();
});

test("a method that is not there answers 405 and names those that are", async () => {
  const response = await ask(routes({ GET: () => 1, DELETE: () => 2 }).POST, { method: "POST" });

  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("GET, DELETE");
  expect(await response.json()).toMatchObject({ detail: "Use GET, DELETE here, not POST." });
});

test("an accepted answer is a 202", async () => {
  expect((await ask(routes({ GET: () => accepted({}) }).GET)).status).toBe(202);
});

test("what is wrong is named by its place", () => {
  const schema = z.object({ enabled: z.boolean() });

  expect(() => parse(schema, { enabled: "yes" })).toThrow(/^enabled: .*expected boolean/);
  expect(() => parse(schema, null)).toThrow(/expected object/);
});

test.each([
  ["{", "The body is not JSON."],
  ["", "The body is not JSON."],
])("a body of %.10j is refused", async (body, message) => {
  const request = new Request("http://test", { method: "POST", body });
  await expect(parseBody(z.string(), request)).rejects.toMatchObject({ code: "invalid", message });
});

test("a parameter that is given twice is refused", () => {
  const request = new Request("http://test/api/x?lines=abc&lines=5");
  expect(() => parseQuery(z.object({}), request)).toThrow("lines is given twice.");
});

test("HEAD is GET without its body, and lets go of what the body held", async () => {
  const cancel = vi.fn();
  const { HEAD } = routes({
    GET: () =>
      new Response(new ReadableStream({ cancel }), {
        headers: { "x-size": "5" },
      }),
  });
  const response = await ask(HEAD, { method: "HEAD" });

  expect(response.headers.get("x-size")).toBe("5");
  expect(response.body).toBeNull();
  expect(cancel).toHaveBeenCalledOnce();
});

test("OPTIONS names what is there", async () => {
  const response = await ask(routes({ GET: () => 1 }).OPTIONS, { method: "OPTIONS" });
  expect([response.status, response.headers.get("allow")]).toEqual([204, "GET"]);
});

/** A body of pieces of 64 KB, and how many were asked for. */
function largeBody(pieces: number) {
  const seen = { pulls: 0, isLeft: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      seen.pulls += 1;
      controller.enqueue(new Uint8Array(64 * 1024));
      if (seen.pulls === pieces) controller.close();
    },
    cancel() {
      seen.isLeft = true;
    },
  });
  const { POST } = routes({ POST: (request) => parseBody(z.string(), request) });
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  return { seen, answer: () => ask(POST, init) };
}

test("a body that is too large answers 413 and ends the connection", async () => {
  const { seen, answer } = largeBody(3);
  const response = await answer();

  expect(response.status).toBe(413);
  expect(response.headers.get("connection")).toBe("close");
  expect(await response.json()).toEqual({
    detail: "The body is larger than 64 KB.",
    code: "too_large",
  });
  // To its end, so that who sends it gets to read the answer.
  expect(seen.pulls).toBe(3);
});

test("a body without end is left", async () => {
  const { seen, answer } = largeBody(Number.POSITIVE_INFINITY);

  expect((await answer()).status).toBe(413);
  expect(seen.isLeft).toBe(true);
  expect(seen.pulls).toBeLessThan(100);
});

test("a refusal says when to come again", async () => {
  const { GET } = routes({
    GET: () => {
      throw new AppError("busy", "Too much.", { retryAfterSeconds: 7 });
    },
  });
  const response = await ask(GET);

  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
});

const door = globalThis as { controlPilotDoorMark?: string };
afterEach(() => {
  delete door.controlPilotDoorMark;
});

test("once there is a door, nothing is answered that did not come through it", async () => {
  const { GET } = routes({ GET: () => ({ secret: 1 }) });
  const ask = (headers: Record<string, string>) =>
    GET(new Request("http://test/", { headers }), { params: Promise.resolve({}) });
  expect((await ask({})).status).toBe(200);

  const mark = markOfDoor();
  const refused = await ask({});
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await refused.text()).not.toContain("secret");
  expect((await ask({ [DOOR_HEADER]: "0".repeat(mark.length) })).status).toBe(503);
  expect((await ask({ [DOOR_HEADER]: mark })).status).toBe(200);
});
