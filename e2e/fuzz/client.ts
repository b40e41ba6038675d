import { Agent, type IncomingHttpHeaders, request as open } from "node:http";
import type { FuzzRequest } from "./requests";

/** Generous: nobody's patience is tested here, but that there is an end. */
export const DEADLINE_MS = 20_000;

/** `body` is null where it is a stream that does not end by itself. */
export type Answer = { status: number; headers: IncomingHttpHeaders; body: string | null };

/** A client whose connections are kept, and closed by `end`. */
export function createClient(url: string) {
  const agent = new Agent({ keepAlive: true });

  /** Throws where there is no whole answer in time. */
  function send({ method, target, headers, body }: FuzzRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      // For some methods node would not say how long the body is, and it would pass for another request.
      const length = body === null ? {} : { "content-length": String(body.byteLength) };
      const sent = { ...length, ...headers };
      const asked = open({ agent, hostname, port, method, path: target, headers: sent });
      const deadline = setTimeout(() => {
        asked.destroy(new Error(`No whole answer after ${DEADLINE_MS} ms.`));
      }, DEADLINE_MS);
      asked.on("close", () => clearTimeout(deadline)).on("error", reject);
      asked.on("response", (answer) => {
        const { statusCode: status = 0, headers: told } = answer;
        if (told["content-type"]?.startsWith("text/event-stream")) {
          resolve({ status, headers: told, body: null });
          asked.destroy();
          return;
        }
        const chunks: Uint8Array[] = [];
        answer.on("data", (chunk: Uint8Array) => chunks.push(chunk)).on("error", reject);
        answer.on("end", () => {
          resolve({ status, headers: told, body: Buffer.concat(chunks).toString("utf8") });
        });
      });
      asked.end(body);
    });
  }

  return {
    /** A kept connection may have been closed for its age just as it was used again. */
    send: (request: FuzzRequest) =>
      send(request).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ECONNRESET") throw error;
        return send({ ...request, headers: { ...request.headers, connection: "close" } });
      }),
    end: () => agent.destroy(),
  };
}

/** To be pasted into a shell: the same bytes once more. */
export function asCommand(url: string, { method, target, headers, body }: FuzzRequest): string {
  const options = Object.entries(headers).map(
    ([name, value]) => `-H ${quote(`${name}: ${value}`)}`,
  );
  const address = quote(new URL(url).origin + target);
  const isHead = method === "HEAD" ? "--head" : `-X ${quote(method)}`;
  const curl = ["curl -i --path-as-is -g", isHead, ...options, address].join(" ");
  if (body === null) return curl;
  const bytes = quote(Buffer.from(body).toString("base64"));
  return `printf %s ${bytes} | base64 -d | ${curl} --data-binary @-`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
