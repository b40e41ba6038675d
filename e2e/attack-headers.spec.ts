import { expect } from "@playwright/test";
import { ask, bearer, exchange, attackTest as test, written } from "./attack/requests";

const STOP = "/api/services/comfy/stop";
const OWNER = JSON.stringify({ kind: "open", name: "me", scope: "full", address: "" });

/** What Next, proxies and ControlPilot's own door tell each other, said by somebody outside. */
const CLAIMS: [what: string, name: string, value: string][] = [
  ["who one is", "x-controlpilot-caller", OWNER],
  ["that one came in", "x-controlpilot-door", "0".repeat(32)],
  ["that one is at home", "x-forwarded-for", "127.0.0.1"],
  ["that one comes by https", "x-forwarded-proto", "https"],
  ["another method", "x-http-method-override", "POST"],
  ["another method still", "x-method-override", "POST"],
  ["another address", "x-original-url", STOP],
  ["a rewritten address", "x-rewrite-url", STOP],
  ["that a middleware has run", "x-middleware-subrequest", "middleware:".repeat(5)],
  ["where a middleware leads", "x-middleware-rewrite", STOP],
  ["that a middleware goes on", "x-middleware-next", "1"],
  ["a middleware's headers", "x-middleware-override-headers", "authorization"],
  ["the page that matched", "x-matched-path", STOP],
  ["what to invoke", "x-invoke-path", STOP],
  ["what came out", "x-invoke-output", STOP],
  ["with which status", "x-invoke-status", "200"],
  ["that a page's data is wanted", "x-nextjs-data", "1"],
  ["that a page's parts are wanted", "rsc", "1"],
  ["an action", "next-action", "0".repeat(42)],
  ["a preview", "x-prerender-revalidate", "1"],
  ["a page to go on with", "next-resume", "1"],
  ["a query", "x-now-route-matches", "1=comfy"],
  ["one's name, by a proxy", "x-forwarded-user", "admin"],
  ["one's name, by a server", "remote-user", "admin"],
];

/** Ends of a request that one side sees and the other does not. */
const ENDS: [what: string, ...headers: [string, string][]][] = [
  ["a length and chunks", ["Content-Length", "4"], ["Transfer-Encoding", "chunked"]],
  ["chunks and a length", ["Transfer-Encoding", "chunked"], ["Content-Length", "4"]],
  ["two lengths", ["Content-Length", "0"], ["Content-Length", "500"]],
  ["a list of lengths", ["Content-Length", "0, 500"]],
  ["a negative length", ["Content-Length", "-1"]],
  ["a length with a sign", ["Content-Length", "+5"]],
  ["a length in hex", ["Content-Length", "0x10"]],
  ["chunks that are not the last", ["Transfer-Encoding", "chunked, identity"]],
  ["chunks by another name", ["Transfer-Encoding", "xchunked"]],
  ["a space before the colon", ["Transfer-Encoding ", "chunked"]],
  ["a header that goes on below", ["X-A", "b\r\n\tc"], ["Content-Length ", "0"]],
  ["a bare line feed", ["X-A", "b\nContent-Length: 5"], ["Transfer-Encoding", "chunked\nx: y"]],
  ["a bare carriage return", ["X-A", "b\rTransfer-Encoding: chunked"]],
  ["a zero byte", ["X-A", "b\0c"]],
  ["a name that is none", ["X A", "b"]],
  ["a chunk that is none", ["Transfer-Encoding", "chunked"], ["X-A", "b\r\n\r\nzz\r\n{}"]],
];

test("nobody is believed who tells who they are, or what was decided", async ({ target }) => {
  const { url } = target.machine;
  for (const [what, name, value] of CLAIMS) {
    const claim = [[name, value]] as const;
    const claimed = [...claim, ...bearer(target.reader)];
    const status = async (method: string, path: string, headers: typeof claimed | typeof claim) =>
      (await ask(url, { method, path, headers })).status;

    expect.soft(await status("GET", "/api/services", claim), what).toBe(401);
    expect.soft(await status("POST", STOP, claim), what).toBe(401);
    expect.soft(await status("GET", "/settings", claim), what).toBe(303);
    expect.soft(await status("POST", STOP, claimed), what).toBe(403);
    // Whoever wants a page's parts is sent to their own address first, and is told the same there.
    const elsewhere = name === "rsc" ? 307 : null;
    expect.soft(await status("GET", STOP, claimed), what).toBe(elsewhere ?? 405);
    expect.soft(await status("GET", "/api/services", claimed), what).toBe(elsewhere ?? 200);
  }
});

test("where a request may end in two places it is refused, and no second one read", async ({
  target: { machine, full },
}) => {
  const second = `POST ${STOP} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${full}\r\nContent-Length: 0\r\n\r\n`;
  for (const [what, ...headers] of ENDS) {
    const asked = { method: "POST", path: "/api/session", headers, body: `0\r\n\r\n${second}` };
    const answers = await exchange(machine.url, written(machine.url, asked));
    expect.soft(answers.match(/HTTP\/1\.1 \d+/g), what).toEqual(["HTTP/1.1 400"]);
  }
});

test("two plain requests are two", async ({ target: { machine } }) => {
  const health = "GET /api/health HTTP/1.1\r\nHost: localhost\r\n";
  const answers = await exchange(machine.url, `${health}\r\n${health}Connection: close\r\n\r\n`);
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 200"]);
});
