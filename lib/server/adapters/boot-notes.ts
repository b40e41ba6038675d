import { appendFile, mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { redact } from "../redact";
import { faultCode } from "./file-faults";

const MOST_BYTES = 20_000;
const MOST_LINES = 50;

/** What went wrong at this boot: `<runDir>/boot-problems`, a sentence a line, which the boot's programs append to. */
export function createBootNotes(runDir: string) {
  const path = join(runDir, "boot-problems");
  let kept: { stamp: string; problems: string[] } | null = null;

  async function readNow(): Promise<string[]> {
    const file = await open(path, "r");
    try {
      const { ino, size, mtimeNs } = await file.stat({ bigint: true });
      const stamp = `${ino} ${size} ${mtimeNs}`;
      if (kept?.stamp === stamp) return kept.problems;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
      const text = buffer.toString("utf8", 0, bytesRead);
      // Where it goes on, the last line is a part of one.
      const whole = size > MOST_BYTES ? text.slice(0, text.lastIndexOf("\n") + 1) : text;
      kept = { stamp, problems: toSentences(whole) };
      return kept.problems;
    } finally {
      await file.close();
    }
  }

  return {
    /** Each once, the first 50 of at most 20 KB; none where nothing can be read. */
    async read(): Promise<string[]> {
      try {
        return await readNow();
      } catch (error) {
        if (faultCode(error) === null) throw error;
        return [];
      }
    },

    /** Throws the system's error where it cannot be written down. */
    async add(sentence: string): Promise<void> {
      await mkdir(runDir, { recursive: true });
      await appendFile(path, `${toLine(sentence)}\n`);
    },
  };
}

function toSentences(text: string): string[] {
  const lines = text.split("\n").map(toLine).filter(Boolean);
  return [...new Set(lines)].slice(0, MOST_LINES);
}

/** On one line, without secrets and without what a terminal would take for a command. */
function toLine(text: string): string {
  return redact(text)
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
}
