import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { runServer } from "../testing/server-program";
import { waitFor } from "../testing/wait-for";

test("a signal ends the server with any number of streams open, one that nobody reads too", async () => {
  const { child, port, said } = await runServer("streaming-server");
  const asked = (path: string) =>
    said()
      .split("\n")
      .filter((line) => line === path).length;
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
