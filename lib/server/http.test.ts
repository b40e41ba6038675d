import { expect, test, vi } from "vitest";
import * as z from "zod/mini";
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
  [`"${"x".repeat(70_000)}"`, "The body is too large."],
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

test("a body is read no further than the limit", async () => {
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls += 1;
      controller.enqueue(new Uint8Array(60_000));
    },
  });
  const request = new Request("http://test", {
    method: "POST",
    body,
    duplex: "half",
  } as RequestInit);

  await expect(parseBody(z.string(), request)).rejects.toMatchObject({ code: "invalid" });
  expect(pulls).toBeLessThan(6);
});
