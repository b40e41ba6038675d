import * as fc from "fast-check";
import { FUZZ } from "../../lib/testing/fuzz";
import { asCommand, createClient } from "./client";
import { rawBytes, sendBytes, statusesIn } from "./raw";
import type { FuzzRequest } from "./requests";
import type { Target } from "./target";
import { faultOf, isDone, type Rights } from "./verdict";

/** So many at a time. */
const TOGETHER = 8;

/** What was sent, for a shell, and what was answered; `changed` is the address at which something was done. */
type Exchange = { told: string; changed: string | null };

/** Throws with the least that shows what is wrong, and how to send it again. */
export async function fuzzAs(
  rights: Rights,
  requests: fc.Arbitrary<FuzzRequest>,
  { target, share }: { target: Target; share: number },
): Promise<void> {
  const { url } = target.machine;
  const client = createClient(url);
  const token = target.tokens[rights];
  const claim = token === null ? {} : { authorization: `Bearer ${token}` };
  const send = async (plain: FuzzRequest): Promise<Exchange> => {
    const request = { ...plain, headers: { ...plain.headers, ...claim } };
    const command = asCommand(url, request);
    const answer = await client.send(request).catch((error) => {
      throw new Error(`${error}\n${command}`);
    });
    const { status, headers, body } = answer;
    const told = `${status} ${headers.location ?? ""} ${body?.slice(0, 500)}\n${command}`;
    const fault = faultOf(request, answer, rights);
    if (fault) throw new Error(`${fault}\n${told}`);
    return { told, changed: isDone(answer) && request.method !== "GET" ? request.target : null };
  };
  await fuzz(requests, { target, share, send }).finally(client.end);
}

/** As `fuzzAs`, for what node's own client would not send. */
export async function fuzzWithBytes(on: { target: Target; share: number }): Promise<void> {
  const port = Number(new URL(on.target.machine.url).port);
  const send = async (bytes: Uint8Array): Promise<Exchange> => {
    const text = Buffer.from(bytes).toString("base64");
    const command = `printf %s '${text}' | base64 -d | nc -q 1 localhost ${port}`;
    const answers = await sendBytes(port, bytes).catch((error) => {
      throw new Error(`${error}\n${command}`);
    });
    const statuses = statusesIn(answers);
    const told = `${statuses}\n${command}`;
    if (statuses.some((status) => status >= 500 && status !== 503)) throw new Error(told);
    return { told, changed: null };
  };
  await fuzz(rawBytes(on.target.routes), { ...on, send });
}

async function fuzz<T>(
  input: fc.Arbitrary<T>,
  on: { target: Target; share: number; send: (one: T) => Promise<Exchange> },
): Promise<void> {
  const { files, server } = on.target;
  const batch = fc.tuple(...Array.from({ length: TOGETHER }, () => input));
  const property = fc.asyncProperty(batch, async (all) => {
    const ends = await Promise.allSettled(all.map(on.send));
    const exchanges = ends.flatMap((end) => (end.status === "fulfilled" ? end.value : []));
    const changed = files.changedBut(exchanges.flatMap((one) => one.changed ?? []));
    const reported = server.reported();
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    const told = exchanges.map((one) => one.told).join("\n");
    if (changed.length > 0) throw new Error(`${changed} changed, and nobody was told so.\n${told}`);
    if (reported !== "") throw new Error(`The server's err log says:\n${reported}\n${told}`);
  });
  const numRuns = Math.ceil((FUZZ.requests * on.share) / TOGETHER);
  // biome-ignore lint/suspicious/noConsole: whoever wants to see the same again needs it.
  console.log(`FUZZ_SEED=${FUZZ.seed}: ${numRuns * TOGETHER} requests`);
  const { failed, errorInstance, numShrinks } = await fc.check(property, {
    seed: FUZZ.seed,
    numRuns,
  });
  if (failed)
    throw new Error(`FUZZ_SEED=${FUZZ.seed}, made smaller ${numShrinks} times: ${errorInstance}`);
}
