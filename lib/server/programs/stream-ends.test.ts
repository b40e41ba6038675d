import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { bundleProgram } from "../testing/child-program";
import { waitFor } from "../testing/wait-for";

async function startServer() {
  const dir = await mkdtemp(join(tmpdir(), "ends-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, "server.cjs");
  await bundleProgram("streaming-server", file);
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const port = Number(await waitFor(() => /^\d+\n/.exec(said)?.[0]));
  const asked = (path: string) => said.split("\n").filter((line) => line === path).length;
  return { child, port, asked };
}

test("a signal ends the server with any number of streams open, one that nobody reads too", async () => {
  const { child, port, asked } = await startServer();
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const ask = async (path: string) => {
    const [response] = await once(get({ port, path, agent }), "response");
    return response;
  };
  const streams = await Promise.all(Array.from({ length: 50 }, () => ask("/stream")));
  const ends = streams.map((stream) => text(stream));
  // Takes nothing, until all buffers on the way are full.
  const stalled = connect(port, "127.0.0.1");
  onTestFinished(() => void stalled.destroy());
  stalled.pause();
  stalled.write("GET /flood HTTP/1.1\r\nHost: test\r\n\r\n");
  // Its connection is kept alive, with nothing to do.
  await text(await ask("/quick"));
  const slow = ask("/slow");
  await waitFor(() => asked("/slow") === 1 && asked("/flood") === 1);

  child.kill("SIGTERM");
  expect(await Promise.all(ends)).toEqual(ends.map(() => "retry: 1000\n\n"));
  // What is no stream is answered to its end.
  expect(await text(await slow)).toBe("whole");
  if (child.exitCode === null) await once(child, "exit");
  expect(child.exitCode).toBe(143);
});
