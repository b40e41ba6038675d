import { stripVTControlCharacters } from "node:util";
import { tailLog } from "./log-file";
import { openOutputFile } from "./output-file";
import { createOutputLines } from "./output-lines";

const QUIET_MS = 150;
const REST_MS = 1000;
const MAX_BYTES = 20 * 1024 * 1024;
const TAIL_LENGTH = 64 * 1024;

export type JobOutputFile = ReturnType<typeof createJobOutput>;

/**
 * What people see of a job's work, appended to a file as it comes. `redact` gets whole lines, or a
 * line up to the end of a word. Nothing here throws: a job goes on without its output.
 */
export function createJobOutput(
  path: string,
  { redact, maxBytes = MAX_BYTES }: { redact: (line: string) => string; maxBytes?: number },
) {
  const file = openOutputFile(path, maxBytes);
  const lines = createOutputLines(redact);
  let tail = "";
  let shownAt = performance.now();
  const quiet = idleTimer(QUIET_MS, () => show(lines.settle("words")));
  const rest = idleTimer(QUIET_MS + REST_MS, () => show(lines.settle("all")));

  function show(text: string): void {
    if (text === "") return;
    shownAt = performance.now();
    file.append(text);
    tail += text;
    if (tail.length > 2 * TAIL_LENGTH) tail = tail.slice(-TAIL_LENGTH);
  }

  return {
    write(text: string): void {
      const now = performance.now();
      show(lines.add(text, now));
      if (now - shownAt > REST_MS) show(lines.settle("words"));
      for (const timer of [quiet, rest]) timer.restart();
    },
    /** The end of what was written, also of what the file had no room for. */
    tail: () => tail.slice(-TAIL_LENGTH),
    lastLine: () => lastLineOf(tail),
    /** Of the file, in bytes. */
    size: file.size,
    /** A sentence that says why some of it, or all, is not in the file; null where all is. */
    fault: file.fault,
    close(): void {
      for (const timer of [quiet, rest]) timer.stop();
      show(lines.settle("all"));
      file.close();
    },
  };
}

/** The end of a job's output, as the programs wrote it; empty where there is none yet. */
export async function tailOutput(
  path: string,
  { lines, maxBytes = TAIL_LENGTH }: { lines: number; maxBytes?: number },
): Promise<{ lines: string[]; lastLine: string; size: number }> {
  const tail = await tailLog(path, { lines, maxBytes });
  if (!tail) return { lines: [], lastLine: "", size: 0 };
  const text = tail.text.endsWith("\n") ? tail.text.slice(0, -1) : tail.text;
  return {
    lines: text === "" ? [] : text.split("\n"),
    lastLine: lastLineOf(text),
    size: tail.size,
  };
}

/** As a terminal would show it: without colours, and of a progress bar the last state. */
function lastLineOf(text: string): string {
  const plain = stripVTControlCharacters(text.slice(-4096));
  return (
    plain
      .split(/[\r\n]+/)
      .findLast((part) => part.trim() !== "")
      ?.trim() ?? ""
  );
}

function idleTimer(ms: number, work: () => void) {
  const timer = setTimeout(work, ms).unref();
  return { restart: () => timer.refresh(), stop: () => clearTimeout(timer) };
}
