import { request } from "node:http";
import { createServer } from "node:net";
import { Halt } from "./entry.mjs";

/** @param {string} host @param {number} port */
export async function assertPortFree(host, port) {
  const code = await listenOnce(host, port);
  if (code === null) return;
  const elsewhere = `PORTAL_PORT=${port === 7878 ? 7900 : 7878} npm start`;
  if (code === "EADDRINUSE") {
    throw new Halt(
      `Port ${port} is in use by another program. Stop that one, or run: ${elsewhere}`,
    );
  }
  if (code === "EACCES") {
    throw new Halt(`You may not listen on port ${port}. Choose one from 1024: ${elsewhere}`);
  }
  throw new Halt(
    `Cannot listen on ${host}:${port} (${code}). Set PORTAL_HOST and PORTAL_PORT to an address of this machine.`,
  );
}

/** The error code, or null where it went well. @param {string} host @param {number} port @returns {Promise<string | null>} */
function listenOnce(host, port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      resolve(error.code ?? error.message),
    );
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });
}

/**
 * What a unix socket says to an HTTP request: "answers", or the reason why it does not.
 * @param {string} socketPath @param {number} timeoutMs @returns {Promise<string>}
 */
export function probeSocket(socketPath, timeoutMs) {
  return new Promise((resolve) => {
    const call = request({ socketPath, path: "/RPC2", method: "HEAD", agent: false });
    const timer = setTimeout(() => {
      call.destroy();
      resolve("ETIMEDOUT");
    }, timeoutMs);
    const settle = (/** @type {string} */ answer) => {
      clearTimeout(timer);
      call.destroy();
      resolve(answer);
    };
    call.on("response", () => settle("answers"));
    call.on("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      settle(error.code ?? error.message),
    );
    call.end();
  });
}

/** An address a person can open. @param {string} host @param {number} port */
export function addressOf(host, port) {
  const isAny = ["0.0.0.0", "::", "127.0.0.1", "::1", "localhost"].includes(host);
  const name = isAny ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

/** Whether ControlPilot answers there. @param {string} host @param {number} port */
export async function isHealthy(host, port) {
  const address = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host;
  const literal = address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
  try {
    const signal = AbortSignal.timeout(3000);
    const answer = await fetch(`http://${literal}:${port}/api/health`, { signal });
    return answer.ok && (await answer.json()).status === "ok";
  } catch {
    return false;
  }
}
