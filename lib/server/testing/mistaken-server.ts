import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { surviveMistakes } from "../programs/survival";

// A server with mistakes in it. It says its port, then what was reported.
const say = (words: string) => void process.stdout.write(`${words}\n`);
surviveMistakes((error) => say(`reported: ${(error as Error).message}`));

const server = createServer((request, response) => {
  if (request.url === "/throw") throw new Error("thrown");
  if (request.url === "/later") setImmediate(() => fail("thrown later"));
  if (request.url === "/reject") void Promise.reject(new Error("rejected"));
  response.end("whole");
});
server.listen(0, "127.0.0.1", () => say(`${(server.address() as AddressInfo).port}`));

function fail(message: string): never {
  throw new Error(message);
}
