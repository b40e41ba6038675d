import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { findListener } from "./listeners";

async function listen(host: string) {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

test.each(["127.0.0.1", "0.0.0.0", "::1"])("knows who listens on %s", async (host) => {
  const { server, port } = await listen(host);

  expect(await findListener(port)).toEqual({ pid: process.pid, command: expect.any(String) });
  server.close();
  await once(server, "close");
  expect(await findListener(port)).toBeUndefined();
});

test("another program is told by its name", async () => {
  const child = spawn(process.execPath, [
    "-e",
    `const s = require("net").createServer().listen(0, "127.0.0.1", () => console.log(s.address().port))`,
  ]);
  const [port] = await once(createInterface({ input: child.stdout }), "line");

  expect(await findListener(Number(port))).toEqual({ pid: child.pid, command: "node" });
  child.kill("SIGKILL");
  await once(child, "exit");
});

test("a port that is only connected to is nobody's", async () => {
  const { server, port } = await listen("127.0.0.1");
  const client = connect(port, "127.0.0.1");
  await once(client, "connect");
  const { port: own } = client.address() as AddressInfo;

  expect(await findListener(own)).toBeUndefined();
  client.destroy();
  server.close();
});
