import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogScan } from "../lib/server/adapters/log-scan";
import { type Report, timeInTurns } from "./measure";

const BYTES = 1_000_000_000;
const ROUNDS = 5;
const WORDS =
  "model loading sampler step image latent prompt queue node cached vae checkpoint lora tensor memory worker".split(
    " ",
  );
/** Of rare letters and of frequent ones. */
const WANTED = ["CUDA out of memory", "Traceback", "sampler 999", "error"];
/** The words of the log itself, in an order in which they never stand: the worst case, which has no target. */
const WORST = "worker queue step";

/** A whole log of 1 GB, searched for texts, against grep on the same file. */
export async function measureSearch(report: Report): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "bench-search-"));
  const path = join(dir, "kohya.err.log");
  try {
    await writeLog(path);
    for (const matchCase of [true, false]) {
      for (const text of [...WANTED, WORST]) await measureText(path, text, matchCase, report);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function measureText(path: string, q: string, matchCase: boolean, report: Report) {
  const { scan } = createLogScan(join("dist", "bin", "log-scan.mjs"));
  const wish = { q, regex: false, case: matchCase, limit: 1000 };
  const { ours, grep } = await timeInTurns(ROUNDS, {
    ours: async () => {
      let before: number | undefined;
      do {
        const found = await scan({ path, before }, wish, new AbortController().signal);
        if (found?.kind !== "found") throw new Error(`The search ended with ${found?.kind}`);
        before = found.scannedTo;
      } while (before > 0);
    },
    grep: () => run("grep", [matchCase ? "-c" : "-ci", q, path]),
  });
  const speed = grep.median / ours.median;
  const figure = `${ours.median.toFixed(0)} ms, grep ${grep.median.toFixed(0)} ms: ${speed.toFixed(2)} x its speed`;
  const how = matchCase ? "with case" : "either case";
  const target = q === WORST ? "" : ">= 0.5 x";
  report(`search 1 GB for "${q}", ${how}`, figure, target, speed >= 0.5);
}

/** In the locale in which grep is fastest. */
async function run(command: string, args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: "ignore", env: { ...process.env, LC_ALL: "C" } });
  await once(child, "close");
}

/** Lines as a training writes them, none like any other within a few megabytes. */
async function writeLog(path: string): Promise<void> {
  const lines = Array.from({ length: 30_000 }, (_, i) => {
    const words = Array.from({ length: 4 + (i % 13) }, (_, k) => WORDS[(i * 7 + k * 5) % 16]);
    const time = `10:${String(i % 60).padStart(2, "0")}:07,${String(i % 1000).padStart(3, "0")}`;
    return `2026-02-11 ${time} INFO    train_util: ${words.join(" ")} ${(i * 7919) % 1_000_003}\n`;
  });
  const part = Buffer.from(lines.join(""));
  const file = createWriteStream(path);
  for (let written = 0; written < BYTES; written += part.length) {
    if (!file.write(part)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
}
