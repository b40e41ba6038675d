#!/usr/bin/env node
// stand-in.mjs NAME: runs in the place of a service whose app is absent, so that everything around it can be tried:
// a page on the service's port that says so, and a log of the kind the real app writes.
import { createServer } from "node:http";
import { lookUp } from "./setup/apps.mjs";
import { renderPage } from "./stand-in/page.mjs";
import { startTalking } from "./stand-in/talk.mjs";

const app = describe(process.argv[2] ?? "");
const page = renderPage(app);

// Nobody reads the log any more: supervisord is gone, and there is nothing left to stand in for.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(0));
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://stand-in");
  const status = pathname === "/" ? 200 : 404;
  const type = status === 200 ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(
    status === 200 ? page : `This is a stand-in for ${app.display}: it has one page, /.\n`,
  );
  voice.request(request.method ?? "GET", request.url ?? "/", status);
});

server.on("error", (error) => {
  console.error(explain(/** @type {NodeJS.ErrnoException} */ (error)));
  process.exit(1);
});

const voice = startTalking(app);
server.listen(app.port, app.host, () => voice.begin());

/** @param {string} name */
function describe(name) {
  try {
    return lookUp(name);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

/** @param {NodeJS.ErrnoException} error */
function explain(error) {
  const who = `The stand-in for ${app.display} cannot listen on port ${app.port}`;
  if (error.code === "EADDRINUSE") {
    return `${who}: another program uses it. Stop that one, or set ${app.portEnv} to a free port.`;
  }
  if (error.code === "EACCES") {
    return `${who}: permission denied. Set ${app.portEnv} to a port from 1024.`;
  }
  return `${who}: ${error.message}`;
}
