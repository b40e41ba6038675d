import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { Agent, get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Machine } from "../e2e/machine";
import { countCalls } from "./counting-socket";
import { type Report, rssOf, summary, time } from "./measure";

const READERS = 500;
const WINDOW_MS = 10_000;
/** What a service's death and its new start set in motion is over. */
const SETTLED_MS = 3000;
const KILLED = ["jupyter", "code-server", "comfy", "kohya", "diffpipe"];

/** What 500 open tabs cost against one: only their streams, without browsers. */
export async function measureReaders(report: Report): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "cp-bench-"));
  const counterPath = join(dir, "s.sock");
  const machine = new Machine({ SUPERVISOR_SOCKET: counterPath });
  const counter = await countCalls(counterPath, () => machine.socketPath);
  const readers: Reader[] = [];
  try {
    await machine.start();
    const server = (await machine.pids()).get("controlpilot") ?? Number.NaN;
    await warmUp(machine);
    const socketsBefore = socketsOf(server);

    readers.push(...(await openReaders(machine, 1)));
    const forOne = await callsIn(counter);
    const before = rssOf(server);

    readers.push(...(await openReaders(machine, READERS - 1)));
    const forAll = await callsIn(counter);
    report(
      `calls to supervisord in 10 s with ${READERS} readers`,
      `${forAll}, with one ${forOne}`,
      "the same",
      // The ten seconds begin anywhere between two looks.
      forAll <= forOne + 1,
    );

    await measureDelivery(machine, readers, report);

    const each = (rssOf(server) - before) / (READERS - 1);
    report("memory for each reader", `${each.toFixed(0)} KB`, "≤ 200 KB", each <= 200);

    for (const { leave } of readers) leave();
    await sleep(1000);
    const left = Math.max(0, socketsOf(server) - socketsBefore);
    const later = await callsIn(counter);
    report(
      "a second after all have left",
      `${left} connections, then ${later} calls in 10 s`,
      "none",
      left === 0 && later === 0,
    );
  } finally {
    for (const { leave } of readers) leave();
    await machine.end();
    counter.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function warmUp(machine: Machine): Promise<void> {
  await time(300, async () => (await fetch(`${machine.url}/api/services`)).text());
  for (const { leave } of await openReaders(machine, 10)) leave();
  await sleep(1000);
}

async function callsIn(counter: { take: () => number }): Promise<number> {
  await sleep(SETTLED_MS);
  counter.take();
  await sleep(WINDOW_MS);
  return counter.take();
}

/** How long after the first reader each of them hears that a service died. */
async function measureDelivery(machine: Machine, readers: Reader[], report: Report): Promise<void> {
  const delays: number[] = [];
  for (const name of KILLED) {
    await sleep(SETTLED_MS);
    for (const reader of readers) reader.heardAt = null;
    process.kill((await machine.pids()).get(name) ?? Number.NaN, "SIGKILL");
    await machine.until(() => readers.every(({ heardAt }) => heardAt !== null));
    const times = readers.map(({ heardAt }) => heardAt ?? Number.NaN);
    const first = Math.min(...times);
    delays.push(...times.map((at) => at - first));
  }
  const { p99 } = summary(delays);
  report(
    `an event to ${READERS} readers, after the first has it`,
    `p99 ${p99.toFixed(0)} ms, the last ${Math.max(...delays).toFixed(0)} ms`,
    "p99 ≤ 100 ms",
    p99 <= 100,
  );
}

/** `heardAt` is when it heard of the services first since it was set to null. */
type Reader = { heardAt: number | null; leave: () => void };

/** Resolves when each has heard how things are. */
async function openReaders(machine: Machine, count: number): Promise<Reader[]> {
  const agent = new Agent({ keepAlive: true });
  const readers = await Promise.all(
    Array.from({ length: count }, () => openReader(`${machine.url}/api/events`, agent)),
  );
  await machine.until(() => readers.every(({ heardAt }) => heardAt !== null));
  return readers;
}

async function openReader(url: string, agent: Agent): Promise<Reader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent }, resolve).on("error", reject);
  });
  if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode}`);
  const reader: Reader = { heardAt: null, leave: () => response.destroy() };
  response.on("data", (chunk: Buffer) => {
    if (reader.heardAt === null && chunk.includes("event: services")) {
      reader.heardAt = performance.now();
    }
  });
  return reader;
}

function socketsOf(pid: number): number {
  const dir = `/proc/${pid}/fd`;
  return readdirSync(dir).filter((fd) => linkOf(join(dir, fd)).startsWith("socket:")).length;
}

/** Empty for one that was closed in between. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
