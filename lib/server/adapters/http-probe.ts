import { request } from "node:http";

const TIMEOUT_MS = 3000;

/** Whether something on this machine answers HTTP at the port, whatever it answers. Asks it directly, past any proxy. */
export function answersHttp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request({
      host: "127.0.0.1",
      port,
      path: "/",
      agent: false,
      timeout: TIMEOUT_MS,
    });
    probe.once("response", (response) => {
      response.destroy();
      resolve(true);
    });
    probe.once("timeout", () => probe.destroy());
    probe.once("error", () => resolve(false));
    probe.once("close", () => resolve(false));
    probe.end();
  });
}
