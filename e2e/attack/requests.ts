import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { Machine } from "../machine";

export const PASSWORD = "correct horse 9";

export type Answer = { status: number; headers: Headers; body: string };
type Asked = {
  method?: string;
  /** As it stands in the request line, spelled by the attacker. */
  path: string;
  /** In this order; a name may come again. */
  headers?: readonly (readonly [string, string])[];
  body?: string | Buffer | undefined;
  /** Instead of the machine's own; null for none. */
  host?: string | null;
};

/** Sends bytes as they are; answers all that came back until the server closed. */
export function exchange(url: string, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    const end = () => resolve(Buffer.concat(received).toString("latin1"));
    socket.setTimeout(20_000, () =>
      socket.destroy(new Error("The server neither ended nor spoke.")),
    );
    socket.on("data", (chunk) => received.push(chunk)).once("end", end);
    socket.once("error", (error) => (received.length > 0 ? end() : reject(error)));
    socket.write(bytes);
  });
}

/** One request on a connection of its own, with nothing added to it that nobody asked for. */
export async function ask(url: string, asked: Asked): Promise<Answer> {
  return readAnswer(await exchange(url, written(url, asked)));
}

/** Its bytes. */
export function written(url: string, { method = "GET", path, headers = [], body, host }: Asked) {
  const hosts = host === null ? [] : [["Host", host ?? new URL(url).host]];
  const isSized = headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
  const size =
    body === undefined || isSized ? [] : [["Content-Length", String(Buffer.byteLength(body))]];
  const lines = [...hosts, ["Connection", "close"], ...size, ...headers];
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const start = Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n`, "latin1");
  return Buffer.concat([start, Buffer.from(body ?? "")]);
}

/** The first of what came back. */
function readAnswer(text: string): Answer {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [start = "", ...lines] = head.split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const at = line.indexOf(":");
    headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  return { status: Number(start.split(" ")[1]), headers, body: rest.join("\r\n\r\n") };
}

export const bearer = (secret: string) => [["Authorization", `Bearer ${secret}`]] as const;

export const JSON_TYPE = ["Content-Type", "application/json"] as const;

/** A token that was made for this test. */
async function createToken(machine: Machine, scope: "full" | "read"): Promise<string> {
  const answer = await ask(machine.url, {
    method: "POST",
    path: "/api/access/tokens",
    headers: [...bearer(PASSWORD), JSON_TYPE],
    body: JSON.stringify({ name: scope, scope }),
  });
  expect(answer.status).toBe(200);
  return /cp_[\w-]{43}/.exec(answer.body)?.[0] ?? "";
}

/** What ControlPilot and supervisord write by themselves. */
const OWN_FILES =
  /^(?:controlpilot\..*|supervisord\.(?:log|pid)|s\.sock.*|config\/controlpilot.*)$/;

/** All that an attack could change: what runs, every file and what is in it, and who may come in. */
async function stateOf(machine: Machine) {
  const files = readdirSync(machine.dir, { recursive: true, encoding: "utf8" })
    .filter((file) => !OWN_FILES.test(file) && statSync(join(machine.dir, file)).isFile())
    .map((file) => [file, hashOf(join(machine.dir, file))]);
  return {
    pids: await machine.pids(),
    files: Object.fromEntries(files),
    access: accessOf(machine),
  };
}

/** Answers how to find out that nothing was changed since. */
export async function watch(machine: Machine): Promise<() => Promise<void>> {
  const before = await stateOf(machine);
  return async () => expect(await stateOf(machine)).toEqual(before);
}

function accessOf({ dir }: Machine) {
  try {
    const text = readFileSync(join(dir, "config/controlpilot/access.json"), "utf8");
    const { password, tokens, meant } = JSON.parse(text);
    return { password, meant, tokens: tokens.map(({ name }: { name: string }) => name) };
  } catch (error) {
    // Nobody has ever been let in.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

type Target = { machine: Machine; full: string; reader: string };

/** Raw requests to a machine that asks for a password. It is one for all tests: each must leave it whole. */
export const attackTest = base.extend<{ unchanged: undefined }, { target: Target }>({
  target: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright wants the first argument destructured.
    async ({}, use) => {
      const machine = new Machine({ CONTROLPILOT_PASSWORD: PASSWORD });
      await machine.start();
      const full = await createToken(machine, "full");
      const reader = await createToken(machine, "read");
      await use({ machine, full, reader });
      await machine.end();
    },
    { scope: "worker" },
  ],
  unchanged: [
    async ({ target }, use) => {
      const expectUnchanged = await watch(target.machine);
      await use(undefined);
      await expectUnchanged();
    },
    { auto: true },
  ],
});
