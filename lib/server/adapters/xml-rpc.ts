import { once } from "node:events";
import { type Agent, type IncomingMessage, request } from "node:http";
import { serializeMethodCall } from "xmlrpc/lib/serializer.js";
import { createAnswerReader, XmlRpcNonsense } from "./xml-rpc-answer";

/** What a thousand programs and their configs need is less than half of it. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** Something answered, in HTTP, that it will not. */
export class HttpRefusal extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

type Way = { socketPath: string; agent: Agent; signal: AbortSignal };

/**
 * One call over a unix socket, parsed as it comes and given up at 8 MB: the package's own client keeps
 * whatever it is sent. Throws an `XmlRpcFault`, `XmlRpcNonsense`, an `HttpRefusal`, or what the socket says.
 */
export async function callXmlRpc(method: string, params: unknown[], way: Way): Promise<unknown> {
  const response = await post(serializeMethodCall(method, params), way);
  if (response.statusCode !== 200) {
    response.destroy();
    throw new HttpRefusal(response.statusCode ?? 0);
  }
  const answer = createAnswerReader();
  let size = 0;
  // Whatever is thrown in here ends the connection, too.
  for await (const bytes of response as AsyncIterable<Uint8Array>) {
    size += bytes.byteLength;
    if (size > MAX_ANSWER_BYTES) throw new XmlRpcNonsense("it is larger than 8 MB");
    answer.take(bytes);
  }
  return answer.end();
}

async function post(body: string, way: Way): Promise<IncomingMessage> {
  const headers = { "content-type": "text/xml", "content-length": Buffer.byteLength(body) };
  const sent = request({ ...way, method: "POST", path: "/RPC2", headers });
  // Who reads the response hears of what breaks off later.
  sent.on("error", () => {});
  sent.end(body);
  const [response] = await once(sent, "response");
  return response;
}
