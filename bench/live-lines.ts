import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, CDPSession } from "playwright";
import type { Machine } from "../e2e/machine";
import { mainThreadTasks, TASK_CATEGORIES, type Task } from "./main-thread";
import { type Report, summary } from "./measure";
import { type Ending, openNumberedLog } from "./numbered-log";

/** Lines a second, and for how many seconds. */
const RATES = [
  [10_000, 15],
  [20_000, 10],
  [40_000, 10],
] as const;
const [[SPEED]] = RATES;
/** A page that shows the end later than that does not keep up. */
const MOST_BEHIND_MS = 1000;
const LONG_MS = 50;
const HEAP_BEGINS_MS = 20_000;
const MINUTES = Number(process.env.BENCH_MINUTES ?? 1);

/** How fast a service may write while a page that follows its log gets every line. */
export async function measureLines(
  machine: Machine,
  browser: Browser,
  report: Report,
): Promise<void> {
  let best: Ending | null = null;
  for (const [rate, seconds] of RATES) {
    const isTraced = rate === SPEED;
    const log = await openNumberedLog(machine, browser, { rate, seconds });
    if (isTraced) await browser.startTracing(log.page, { categories: TASK_CATEGORIES });
    log.start();
    const ending = await log.end();
    if (isTraced) reportTasks(report, mainThreadTasks(await browser.stopTracing()));
    await log.close();
    if (ending === null || ending.behindMs > MOST_BEHIND_MS) break;
    if (best === null || ending.speed > best.speed) best = ending;
  }
  const figure = best
    ? `${countOf(best.speed)}, the last one shown ${best.behindMs} ms after it was written`
    : `not even ${countOf(SPEED)}`;
  // A writer that sleeps between its lines ends a moment late.
  const isReached = best !== null && best.speed >= SPEED * 0.99;
  report("lines a second, none skipped", figure, `≥ ${countOf(SPEED)}`, isReached);
}

/** Of those over 1 ms: a page has thousands that do nothing, and with them no percentile tells anything. */
function reportTasks(report: Report, all: Task[]): void {
  const tasks = all.filter(({ ms }) => ms >= 1);
  const { p99 } = summary(tasks.map(({ ms }) => ms));
  const cpu = summary(tasks.map(({ cpuMs }) => cpuMs)).p99;
  const long = tasks.filter(({ ms }) => ms > LONG_MS).length;
  const figure = `p99 ${p99.toFixed(0)} ms (${cpu.toFixed(0)} ms of the processor), ${long} of ${tasks.length} over ${LONG_MS} ms`;
  const what = `tasks over 1 ms at ${countOf(SPEED)} lines a second`;
  report(what, figure, `p99 ≤ ${LONG_MS} ms`, p99 <= LONG_MS);
}

/** What the tab holds after 20 s at full speed, and after `BENCH_MINUTES` of it. */
export async function measureHeap(
  machine: Machine,
  browser: Browser,
  report: Report,
): Promise<void> {
  const seconds = MINUTES * 60 + 30;
  const log = await openNumberedLog(machine, browser, { rate: SPEED, seconds });
  const session = await log.page.context().newCDPSession(log.page);
  log.start();
  await sleep(HEAP_BEGINS_MS);
  const before = await heapOf(session);
  await sleep(MINUTES * 60_000 - HEAP_BEGINS_MS);
  const after = await heapOf(session);
  const isWhole = (await log.end()) !== null;
  await log.close();
  const growth = after / before;
  const figure = `${after.toFixed(1)} MB, after 20 s ${before.toFixed(1)} MB: ${growth.toFixed(2)} x${isWhole ? "" : ", lines were skipped"}`;
  report(`heap of the tab after ${MINUTES} min`, figure, "≤ 1.2 x", isWhole && growth <= 1.2);
}

/** In MB; the least of three, since in between there is always something that is being worked on. */
async function heapOf(session: CDPSession): Promise<number> {
  const sizes: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await session.send("HeapProfiler.collectGarbage");
    sizes.push((await session.send("Runtime.getHeapUsage")).usedSize / 1e6);
    await sleep(300);
  }
  return Math.min(...sizes);
}

const countOf = (count: number) => Math.round(count).toLocaleString("en-GB").replaceAll(",", " ");
