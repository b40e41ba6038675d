import { spawn } from "node:child_process";
import type { FileHandle } from "node:fs/promises";
import { AppError } from "../errors";
import { ownSecrets } from "../redact";
import { type OpenLog, openLog } from "./log-file";
import { openRotation } from "./log-rotations";
import type { ScanWish } from "./log-scan-file";
import type { ScanAnswer, ScanJob } from "./log-scan-job";
import type { LineCounts } from "./log-scan-numbers";
import { createTurns } from "./turns";

const AT_ONCE = 2;
/** A search of every log there is asks for as many at once. */
const MAX_WAITING = 30;
/** It ends long before by itself. Only a disk that does not answer can hold it up. */
const DEADLINE_MS = 20_000;
const HEAP_MB = 256;
/** The file's number in the program. */
const FILE = 3;
/** Of so many files it is kept how many lines they have. */
const MAX_COUNTED = 32;

export type LogScan = ReturnType<typeof createLogScan>;
/** What came of a search, and the id of the file. */
export type ScanReport = ScanAnswer & { file: string };

/** Which file, and where in it: `file` is the id of the log or of a rotation, `before` a byte offset. */
export type ScanPlace = { path: string; file?: string | undefined; before?: number | undefined };
/** Secrets are not found, unless they are to be shown. */
export type ScanQuestion = ScanWish & { reveal?: boolean | undefined };

/**
 * Searches logs in processes of their own, at most two at once, so that neither a large file nor a
 * pattern that never ends holds up the web server. `program` is bin/log-scan.ts, bundled.
 */
export function createLogScan(program: string) {
  const turns = createTurns(AT_ONCE, MAX_WAITING);
  const counted = new Map<string, LineCounts>();

  function remember(id: string, counts: LineCounts): void {
    counted.delete(id);
    counted.set(id, counts);
    const [oldest] = counted.keys();
    if (counted.size > MAX_COUNTED && oldest !== undefined) counted.delete(oldest);
  }

  async function scanOpen(
    { file, info }: OpenLog,
    wanted: Pick<ScanJob, "before" | "wish" | "known">,
    signal: AbortSignal,
  ): Promise<ScanReport> {
    const counts = counted.get(info.id) ?? null;
    const job = { fd: FILE, size: info.size, counts, ...wanted };
    const answer = await ask(program, file, job, signal);
    if (answer.kind === "found" && answer.counts) remember(info.id, answer.counts);
    return { ...answer, file: info.id };
  }

  return {
    /** Null where there is no such file. Throws `unavailable` where the search is given up. */
    scan({ path, file, before }: ScanPlace, question: ScanQuestion, signal: AbortSignal) {
      const { reveal, ...wish } = question;
      const known = reveal ? null : ownSecrets();
      return turns.take(signal, async () => {
        const log = await (file === undefined ? openLog(path) : openRotation(path, file));
        if (!log) return null;
        try {
          return await scanOpen(log, { before: before ?? null, wish, known }, signal);
        } finally {
          await log.file.close();
        }
      });
    },
  };
}

function ask(program: string, file: FileHandle, job: ScanJob, signal: AbortSignal) {
  return new Promise<ScanAnswer>((resolve, reject) => {
    const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, program], {
      stdio: ["ignore", "ignore", "ignore", file.fd, "ipc"],
      signal,
      timeout: DEADLINE_MS,
      killSignal: "SIGKILL",
    });
    const giveUp = (cause?: Error) =>
      reject(
        new AppError("unavailable", "The search was given up before it came to an end.", { cause }),
      );
    child.once("message", (answer) => resolve(answer as ScanAnswer));
    child.once("error", giveUp);
    child.once("exit", () => giveUp());
    child.send(job, () => {});
  });
}
