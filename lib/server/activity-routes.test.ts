import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import type { Caller } from "@/lib/contract/access";
import type { Note } from "./activity";
import { audited, CALLER_HEADER, routes } from "./http";

const api = fileURLToPath(new URL("../../app/api/", import.meta.url));

/** What changes something in no way that is worth a line of the audit, or writes its own. */
const EXEMPT: Record<string, string> = {
  "[[...path]]/route.ts": "there is nothing at its paths",
  "services/[name]/update/plan/route.ts": "works out what would change, and changes nothing",
  "session/route.ts": "records sign-ins with what the password says, see access.ts",
};
const CHANGING = /^ {2}(POST|PUT|PATCH|DELETE): (.*)$/gm;

const files = readdirSync(api, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith("route.ts"),
);
const textOf = (file: string) => readFileSync(`${api}${file}`, "utf8");

/** The methods of a route that can change something, each with the beginning of its handler. */
function handlersOf(file: string) {
  return [...textOf(file).matchAll(CHANGING)].map(([, method, handle = ""]) => ({
    method,
    handle,
  }));
}

test("every request that can change something is audited, or known to need no audit", () => {
  const open = files.flatMap((file) =>
    handlersOf(file)
      .filter(({ handle }) => !handle.startsWith("audited(app, "))
      .map(({ method }) => ({ file, method })),
  );
  expect(open.filter(({ file }) => !(file in EXEMPT))).toEqual([]);
});

test("every audited handler notes what it does", () => {
  const handlers = files.flatMap((file) => {
    const [, ...own] = textOf(file).split("audited(app, ");
    return own.map((text) => ({ file, notes: /\bnote\(/.test(text) }));
  });
  expect(handlers.length).toBeGreaterThan(8);
  expect(handlers.filter(({ notes }) => !notes)).toEqual([]);
});

describe("an audited handler", () => {
  const caller = { kind: "session", name: "browser", scope: "full", address: "::1" };
  const audit = vi.fn(async (_caller: Caller, work: (note: Note) => unknown) => work(() => {}));
  const work = vi.fn(() => ({ status: "ok" }));
  const { POST } = routes({ POST: audited(() => ({ activity: { audit } as never }), work) });
  const ask = (headers: HeadersInit) =>
    POST(new Request("http://test/api/x", { method: "POST", headers }), {
      params: Promise.resolve({ name: "comfy" }),
    });

  test("does its work for who the front door says it is", async () => {
    const response = await ask({ [CALLER_HEADER]: JSON.stringify(caller) });
    expect(await response.json()).toEqual({ status: "ok" });
    expect(audit).toHaveBeenCalledWith(caller, expect.any(Function));
    expect(work).toHaveBeenCalledWith(expect.any(Request), { name: "comfy" }, expect.any(Function));
  });

  test("does nothing for a request that came past the front door", async () => {
    work.mockClear();
    const log = vi.mocked(console.error).mockImplementation(() => {});
    expect((await ask({})).status).toBe(500);
    expect(work).not.toHaveBeenCalled();
    log.mockClear();
  });
});
