import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { freePort } from "./testing/free-port";

const SCRIPT = join(dirname(fileURLToPath(import.meta.url)), "healthcheck.sh");

let close = () => {};

afterEach(() => close());

it("is well where /api/health answers with 200", async () => {
  const asked: (string | undefined)[] = [];
  const port = await serve((request, response) => {
    asked.push(request.method, request.url, request.headers.host);
    response.end("{}");
  });
  expect(await check(port)).toEqual({ code: 0, said: "" });
  expect(asked).toEqual(["GET", "/api/health", `localhost:${port}`]);
});

it("waits for an answer that takes its time", async () => {
  const port = await serve((_, response) => setTimeout(() => response.end("{}"), 1500));
  expect(await check(port)).toEqual({ code: 0, said: "" });
});

it("is ill where something else is answered", async () => {
  const port = await serve((_, response) => response.writeHead(503).end());
  const said = `ControlPilot on port ${port} answered: HTTP/1.1 503 Service Unavailable`;
  expect(await check(port)).toEqual({ code: 1, said });
});

it("is ill where the connection is closed without a word", async () => {
  const port = await serve((request) => request.socket.destroy());
  const said = `ControlPilot on port ${port} answered: nothing`;
  expect(await check(port)).toEqual({ code: 1, said });
});

it("is ill where nothing listens", async () => {
  const port = await freePort();
  const said = `Nothing listens on 127.0.0.1:${port}.`;
  expect(await check(port)).toEqual({ code: 1, said });
});

it("is ill where the port is none", async () => {
  expect(await check("http; id")).toEqual({
    code: 1,
    said: "Nothing listens on 127.0.0.1:http; id.",
  });
});

it("is ill where a server that hangs takes the connection and says nothing", async () => {
  const port = await freePort();
  const program = `require("node:net").createServer().listen(${port}, "127.0.0.1", () => {
    console.log("listens");
    process.kill(process.pid, "SIGSTOP");
  });`;
  const server: ChildProcess = spawn(process.execPath, ["-e", program]);
  close = () => server.kill("SIGKILL");
  if (server.stdout) await once(server.stdout, "data");
  const said = "ControlPilot did not answer within 5 s.";
  expect(await check(port)).toEqual({ code: 1, said });
});

it("asks at the address that ControlPilot listens on", async () => {
  const port = await serve((_, response) => response.end("{}"), "127.0.0.2");
  expect(await check(port, { PORTAL_HOST: "127.0.0.2" })).toEqual({ code: 0, said: "" });
});

function check(port: number | string, extra: Record<string, string> = {}) {
  const env = { NODE_ENV: "test", PATH: process.env.PATH, PORTAL_PORT: String(port), ...extra };
  return new Promise<{ code: number | null; said: string }>((resolve) => {
    const child = execFile("bash", [SCRIPT], { env: env as NodeJS.ProcessEnv }, (_, out, err) =>
      resolve({ code: child.exitCode, said: `${out}${err}`.trim() }),
    );
  });
}

async function serve(listener: RequestListener, host = "127.0.0.1"): Promise<number> {
  const server = createServer(listener).listen(0, host);
  close = () => server.close();
  await once(server, "listening");
  const address = server.address();
  if (typeof address === "object" && address) return address.port;
  throw new Error("The server has no port.");
}
