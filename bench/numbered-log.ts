import type { Browser, Page } from "playwright";
import type { Machine } from "../e2e/machine";
import { button } from "../e2e/page";

/** A last line that is not shown by then is not waited for. */
const GIVES_UP_MS = 30_000;

/** Writes numbered lines of about 100 bytes, and last when it began and ended, in ms since 1970. */
const WRITER = `
import sys, time
rate, seconds = int(sys.argv[1]), int(sys.argv[2])
total = rate * seconds
began = time.time()
sent = 0
while sent < total:
    due = min(total, int((time.time() - began) * rate))
    if due > sent:
        sys.stdout.write("".join(
            "2026-02-11 10:00:07,123 \\033[32mINFO\\033[0m train_util: line %08d of a training, avr_loss=0.0893, 2.31it/s\\n" % n
            for n in range(sent, due)))
        sys.stdout.flush()
        sent = due
    time.sleep(0.01)
print("that was all: %d to %d" % (began * 1000, time.time() * 1000), flush=True)
time.sleep(100000)
`;

type Wish = { rate: number; seconds: number };
/** In lines a second, and how long the last one took to be shown. */
export type Ending = { speed: number; behindMs: number };

/** A page that follows the log of a service that is not started yet. */
export async function openNumberedLog(machine: Machine, browser: Browser, { rate, seconds }: Wish) {
  const name = `writer-${rate}-${seconds}`;
  addWriter(machine, name, { rate, seconds });
  const page = await browser.newPage();
  await page.addInitScript(countGaps);
  const streams = page.waitForResponse(/\/log\/stream/);
  await page.goto(`${machine.url}/?log=${name}&stream=out`);
  await streams;
  await button(page, "Following").waitFor();
  return {
    page,
    start: () => machine.ctl("start", name),

    /** Waits for the last line. Null where one was skipped, or is not shown. */
    async end(): Promise<Ending | null> {
      const { line, at } = await lastLine(page, seconds * 1000 + GIVES_UP_MS);
      const [, began, ended] = /(\d+) to (\d+)/.exec(line) ?? [];
      const numbers = await shownNumbers(page);
      const first = rate * seconds - numbers.length;
      const isWhole = (await gapsOf(page)) === 0 && numbers.every((n, i) => n === first + i);
      if (!isWhole || ended === undefined) return null;
      return {
        speed: (rate * seconds * 1000) / (Number(ended) - Number(began)),
        behindMs: at - Number(ended),
      };
    },

    async close(): Promise<void> {
      await page.close();
      machine.ctl("stop", name);
      machine.remove(`${name}.out.log`);
    },
  };
}

function addWriter(machine: Machine, name: string, { rate, seconds }: Wish): void {
  machine.write("writer.py", WRITER);
  machine.append(
    "conf.d/extra.conf",
    `
[program:${name}]
command=python3 -u ${machine.dir}/writer.py ${rate} ${seconds}
autostart=false
autorestart=false
startsecs=0
stdout_logfile=${machine.dir}/${name}.out.log
stdout_logfile_maxbytes=0
`,
  );
  machine.ctl("update", name);
}

type Counting = { gaps: number };

/** In the page: counts where the text of a log does not go on where it ended, in what the page reads. */
function countGaps(): void {
  const counting = globalThis as unknown as Counting;
  const parse = JSON.parse;
  let end: number | null = null;
  counting.gaps = 0;
  JSON.parse = (...args) => {
    const value = parse(...args);
    if (value?.kind === "skipped") counting.gaps += 1;
    if (typeof value?.text !== "string" || typeof value.offset !== "number") return value;
    if (end !== null && value.offset !== end) counting.gaps += 1;
    end = value.end;
    return value;
  };
}

const gapsOf = (page: Page) => page.evaluate(() => (globalThis as unknown as Counting).gaps);

/**
 * The line that the writer ends with and when it is in the page, in ms since 1970, or what stands there
 * when that takes too long. Looks with each frame at one line alone, which costs next to nothing.
 */
function lastLine(page: Page, timeoutMs: number): Promise<{ line: string; at: number }> {
  return page.getByRole("log").evaluate((log, timeout) => {
    const giveUpAt = Date.now() + timeout;
    return new Promise((resolve) => {
      const look = () => {
        const line = [...log.querySelectorAll(".log-line")].at(-1)?.textContent ?? "";
        const isOver = line.startsWith("that was all") || Date.now() > giveUpAt;
        if (isOver) resolve({ line, at: Date.now() });
        else requestAnimationFrame(look);
      };
      look();
    });
  }, timeoutMs);
}

/** The numbers of the lines in the view. */
const shownNumbers = (page: Page): Promise<number[]> =>
  page
    .locator(".log-line")
    .evaluateAll((lines) =>
      lines
        .flatMap((line) => /line (\d{8}) of/.exec(line.textContent ?? "")?.[1] ?? [])
        .map(Number),
    );
