import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium, type Locator } from "playwright";
import { Machine } from "../e2e/machine";
import { button, row } from "../e2e/page";
import type { Service } from "../lib/contract/services";
import { measureHeap, measureLines } from "./live-lines";
import { measureReaders } from "./live-readers";
import { type Report, summary } from "./measure";

/** One service is killed three times at most: from then on its row says nothing but that it keeps crashing. */
const KILLS = 15;
const WRITES = 30;
/** Until nothing is gathered any more for the next look, or for the next batch of lines. */
const QUIET_MS = 1200;
/** Within the 100 ms in which lines are gathered, each is written at another moment. */
const STEP_MS = 37;

/** How soon a page shows what happens, how much it can follow, and what many pages cost. */
export async function measureLive(report: Report): Promise<void> {
  const machine = new Machine();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking"],
  });
  try {
    await machine.start();
    await measureKills(machine, browser, report);
    await measureWrites(machine, browser, report);
    await measureLines(machine, browser, report);
    await measureHeap(machine, browser, report);
  } finally {
    await browser.close();
    await machine.end();
  }
  await measureReaders(report);
}

async function measureKills(machine: Machine, browser: Browser, report: Report): Promise<void> {
  const page = await browser.newPage();
  await page.goto(machine.url);
  await page.getByText("Live", { exact: true }).waitFor();
  const services = (await (await fetch(`${machine.url}/api/services`)).json()) as Service[];
  const victims = services.filter(({ running, self }) => running && !self);
  const delays: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < KILLS; round += 1) {
    const { name, display } = victims[round % victims.length] ?? { name: "", display: "" };
    const word = row(page, display).locator(".state-word");
    await word.getByText("Running", { exact: true }).waitFor();
    await sleep(QUIET_MS);
    const pid = (await machine.pids()).get(name) ?? Number.NaN;
    const seen = await watch(word, { text: "Running", isThere: false });
    const killedAt = Date.now();
    process.kill(pid, "SIGKILL");
    const seenAt = await seen();
    delays.push(seenAt - killedAt);
    ours.push(seenAt - exitOf(machine, name));
  }
  await page.close();
  reportDelays(report, "from kill -9 to the row", delays, 300);
  reportDelays(report, "… after supervisord has seen it", ours);
}

/** When supervisord last saw it end, in ms since 1970: that alone may take it a second. */
function exitOf(machine: Machine, name: string): number {
  const lines = machine.read("supervisord.log").split("\n");
  const line = lines.findLast((text) => text.includes(` exited: ${name} `)) ?? "";
  return new Date(line.slice(0, "2026-02-11 10:00:00,000".length).replace(",", ".")).getTime();
}

async function measureWrites(machine: Machine, browser: Browser, report: Report): Promise<void> {
  const page = await browser.newPage();
  await page.goto(`${machine.url}/?log=kohya&stream=out`);
  await button(page, "Following").waitFor();
  const log = page.getByRole("log");
  await log.getByText("kohya is up").first().waitFor();
  const delays: number[] = [];
  for (let round = 0; round < WRITES; round += 1) {
    await sleep(QUIET_MS + ((round * STEP_MS) % 100));
    const text = `written in round ${round}.`;
    const seen = await watch(log, { text, isThere: true });
    const writtenAt = Date.now();
    machine.append("kohya.out.log", `${text}\n`);
    delays.push((await seen()) - writtenAt);
  }
  await page.close();
  reportDelays(report, "from a write to the screen", delays, 250);
}

function reportDelays(report: Report, what: string, delays: number[], mostMs?: number): void {
  const { median, p95 } = summary(delays);
  const figure = `${median.toFixed(0)} ms (p95 ${p95.toFixed(0)} ms)`;
  const target = mostMs === undefined ? "" : `≤ ${mostMs} ms`;
  report(what, figure, target, mostMs === undefined || median <= mostMs);
}

/** Watches from when it resolves; what it resolves to tells when the text came or went, in ms since 1970. */
async function watch(element: Locator, wanted: { text: string; isThere: boolean }) {
  const watched = await element.evaluateHandle((node, { text, isThere }) => {
    const seenAt = new Promise<number>((resolve, reject) => {
      new MutationObserver((_, observer) => {
        if ((node.textContent ?? "").includes(text) !== isThere) return;
        observer.disconnect();
        resolve(Date.now());
      }).observe(node, { subtree: true, childList: true, characterData: true });
      setTimeout(() => reject(new Error(`Not seen within 20 s: ${text}`)), 20_000);
    });
    return { seenAt };
  }, wanted);
  return () => watched.evaluate(({ seenAt }) => seenAt);
}
