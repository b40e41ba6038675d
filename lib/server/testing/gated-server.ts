import { mkdtemp, rm } from "node:fs/promises";
import { createServer, get, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Caller } from "@/lib/contract/access";
import { type AccessApp, createAccessApp } from "../access-app";
import type { Recorded } from "../activity";
import { readEnv } from "../env";
import { openFrontDoor } from "../front-door";
import { CALLER_HEADER } from "../http";

type Answer = { status: number; headers: IncomingHttpHeaders; body: string; caller: Caller | null };
/** Names and values in turn send a name twice. */
type Headers = Record<string, string | string[]> | string[];

/** The front door wraps the servers of a process once; the gate behind it is another for each test. */
let current: AccessApp | null = null;
let isOpen: Promise<void> | null = null;

/** The front door with a workspace of its own before a server that tells whom it has let in. */
export async function openGatedServer(env: Record<string, string> = {}) {
  const dir = await mkdtemp(join(tmpdir(), "cp-access-"));
  const server = createServer((incoming, response) => {
    reached.push(`${incoming.method} ${incoming.url}`);
    response.setHeader("x-reached", String(incoming.headers[CALLER_HEADER]));
    incoming.resume().on("end", () => {
      if (incoming.url === "/api/endless") response.write("begins");
      else response.end("inside");
    });
  });
  const reached: string[] = [];
  const recorded: Recorded[] = [];
  const reports: unknown[] = [];
  let stoppedAt: number | null = null;
  let close = async () => {};

  /** As at the start of a server. */
  async function restart(change: Record<string, string> = {}): Promise<AccessApp> {
    await close();
    Object.assign(env, change);
    const settings = readEnv({
      NODE_ENV: "test",
      WORKSPACE_ROOT: dir,
      PATH: process.env.PATH,
      ...env,
    });
    current = createAccessApp(settings, {
      record: (entry) => recorded.push(entry),
      report: (error) => reports.push(error),
      now: () => stoppedAt ?? Date.now(),
    });
    close = await current.open();
    return current;
  }

  isOpen ??= openFrontDoor(
    {
      judge: (visit) => need().gate.judge(visit),
      standingOf: (caller) => need().gate.standingOf(caller),
    },
    { isDevelopment: true },
  );
  await isOpen;
  await restart();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    dir,
    reached,
    recorded,
    reports,
    restart,
    access: need,
    /** Waits of the sign-in last until the test ends. */
    stopClock(): void {
      stoppedAt = Date.now();
    },
    ask(method: string, path: string, headers: Headers = {}): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const options = { port, host: "127.0.0.1", method, path, headers, agent: false };
        request(options, (response) => {
          let body = "";
          response.setEncoding("utf8").on("data", (text) => {
            body += text;
          });
          response.on("error", reject).on("end", () => {
            const told = response.headers["x-reached"];
            const caller = told === undefined ? null : Caller.parse(JSON.parse(String(told)));
            resolve({ status: response.statusCode ?? 0, headers: response.headers, body, caller });
          });
        })
          .on("error", reject)
          .end();
      });
    },
    /** Opens a stream that never ends by itself; the promise inside settles once it is cut off. */
    stream(headers: Record<string, string>): Promise<{ isOver: Promise<void> }> {
      return new Promise((resolve, reject) => {
        const options = { port, host: "127.0.0.1", path: "/api/endless", headers, agent: false };
        get(options, (response) => {
          const isOver = new Promise<void>((over) =>
            response.on("close", over).on("error", () => {}),
          );
          response.once("data", () => resolve({ isOver }));
        }).on("error", reject);
      });
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function need(): AccessApp {
  if (!current) throw new Error("There is no gate yet.");
  return current;
}
