import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { expect } from "@playwright/test";
import { ask, bearer, JSON_TYPE, attackTest as test } from "./attack/requests";

const ACTIONS = "/api/services/actions";
const STOP_COMFY = '{"action":"stop","names":["comfy"]}';
const DEEP = "[".repeat(30_000);

const long = (length: number) => "a".repeat(length);
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

const BODIES: [what: string, body: string | Buffer, ...headers: [string, string][]][] = [
  ["nothing", ""],
  ["no JSON", "action=stop&names=comfy"],
  ["half of it", STOP_COMFY.slice(0, -2)],
  ["more than one", `${STOP_COMFY}{}`],
  ["a list in a list, 30 000 times", `${DEEP}${"]".repeat(30_000)}`],
  ["a list without end", DEEP],
  ["null", "null"],
  ["numbers that are too large", '{"action":1e999,"names":[1e999]}'],
  ["a number for a name", '{"action":"stop","names":[0]}'],
  ["an object for a name", '{"action":"stop","names":[{"toString":"comfy"}]}'],
  ["a name for a list", '{"action":"stop","names":"comfy"}'],
  ["a prototype", `{"__proto__":${STOP_COMFY}}`],
  ["a constructor", `{"constructor":{"prototype":${STOP_COMFY}}}`],
  ["bytes that are no text", randomBytes(500)],
  ["UTF-16", Buffer.from(`\ufeff${STOP_COMFY}`, "utf16le")],
  ["gzip", gzipSync(STOP_COMFY), ["Content-Encoding", "gzip"]],
  ["other quotes", STOP_COMFY.replaceAll('"', "\u201d")],
];

test("a body that is not what is asked for is told so, without a word of the inside", async ({
  target: { machine, full },
}) => {
  for (const [what, body, ...more] of BODIES) {
    const headers = [JSON_TYPE, ...more, ...bearer(full)];
    const answer = await ask(machine.url, { method: "POST", path: ACTIONS, headers, body });
    expect.soft(answer.status, what).toBe(400);
    expect.soft(answer.body, what).toContain('"code":"invalid"');
    expect.soft(answer.body, what).not.toMatch(/\bat .*\.js\b|node_modules/);
  }
});

test("a name that every object has is that of no service", async ({
  target: { machine, full },
}) => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const headers = [JSON_TYPE, ...bearer(full)];
  const body = JSON.stringify({ action: "stop", names });
  const answer = await ask(machine.url, { method: "POST", path: ACTIONS, headers, body });
  expect(answer.status).toBe(200);
  expect(answer.body.match(/"status":"error"/g)).toHaveLength(names.length);
});

test("what is larger than anything that is meant is refused at once", async ({ target }) => {
  const { url } = target.machine;
  const own = bearer(target.full);
  const many = (count: number, name: string, value: string) =>
    Array.from({ length: count }, () => [name, value] as const);
  const get = (status: number, ...headers: (readonly [string, string])[]) =>
    [status, { path: "/api/services", headers: [...headers, ...own] }] as const;
  const post = (status: number, body: string, ...headers: (readonly [string, string])[]) =>
    [status, { method: "POST", path: ACTIONS, body, headers: [...headers, ...own] }] as const;

  const tries = {
    "a long address": [414, { path: `/api/services?x=${long(9000)}`, headers: own }],
    "a shorter one": [200, { path: `/api/services?x=${long(7000)}`, headers: own }],
    "a long header": get(431, ["X-A", long(20_000)]),
    "many headers": get(431, ...many(6000, "X-A", "b")),
    "many cookies": get(431, ...many(400, "Cookie", `a=${long(40)}`)),
    "fewer cookies": get(200, ...many(100, "Cookie", `a=${long(40)}`)),
    "a long body": post(413, long(70_000)),
    "a long body in chunks": post(413, chunk(long(70_000)), ["Transfer-Encoding", "chunked"]),
    "the announcement of one": post(413, "{", ["Content-Length", "1000000000000"]),
    "a long password": [
      400,
      {
        method: "POST",
        path: "/api/session",
        headers: [JSON_TYPE],
        body: JSON.stringify({ password: long(60_000) }),
      },
    ],
  } as const;
  for (const [what, [status, asked]] of Object.entries(tries)) {
    expect.soft((await ask(url, asked)).status, what).toBe(status);
  }
});
