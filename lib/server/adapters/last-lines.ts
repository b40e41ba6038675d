import { withoutEscapes } from "@/lib/redaction/escapes";
import { readBytes } from "./log-bytes";
import { openLog } from "./log-file";
import { lineEndAfter } from "./log-scan-lines";

/** `offset` is the byte at which it starts; the text is as a terminal would show it. */
export type LogLine = { offset: number; text: string };

/** Not counting empty ones, so many of the last lines, and no more bytes of the file. */
const MAX_LINES = 300;
const MAX_BYTES = 64 * 1024;

/** The last lines of a log, oldest first; each frame of a progress bar is one. Null where there is no file. */
export async function readLastLines(
  path: string,
): Promise<{ id: string; lines: LogLine[]; writtenAt: Date } | null> {
  const log = await openLog(path);
  if (!log) return null;
  try {
    const { id, size, writtenAt } = log.info;
    const start = Math.max(0, size - MAX_BYTES);
    const bytes = await readBytes(log.file, start, size - start);
    // The first line may have been cut.
    const first = start === 0 ? 0 : lineEndAfter(bytes, 0) + 1;
    return { id, lines: linesOf(bytes, first, start).slice(-MAX_LINES), writtenAt };
  } finally {
    await log.file.close();
  }
}

function linesOf(bytes: Buffer, first: number, offset: number): LogLine[] {
  const lines: LogLine[] = [];
  for (let start = first; start < bytes.length; ) {
    const end = lineEndAfter(bytes, start);
    const text = withoutEscapes(bytes.toString("utf8", start, end)).trimEnd();
    if (text !== "") lines.push({ offset: offset + start, text });
    start = end + 1;
  }
  return lines;
}
