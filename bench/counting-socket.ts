import { connect, createServer } from "node:net";

/** Stands between ControlPilot and supervisord's socket and counts the calls that pass. */
export async function countCalls(path: string, target: () => string) {
  let calls = 0;
  const server = createServer((client) => {
    const upstream = connect(target());
    client.on("data", (data) => {
      calls += data.toString("latin1").split("POST /RPC2").length - 1;
    });
    client.pipe(upstream).pipe(client);
    for (const end of [client, upstream]) {
      end.on("error", () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    /** Calls since it was asked last. */
    take() {
      const taken = calls;
      calls = 0;
      return taken;
    },
    close: () => server.close(),
  };
}
