import { readFully, type ScannedFile } from "./log-scan-blocks";

const BLOCK_BYTES = 1024 * 1024;
const MARK_BYTES = 256;
const LF = 10;

/**
 * How many line ends each MiB of a file holds, null where it was not counted as a whole. `mark` is the
 * end of the last one that was counted: where it has changed, it is not the same text any more.
 */
export type LineCounts = { blocks: (number | null)[]; mark: string };

/**
 * The numbers, from 1, of the lines that start at these offsets, by offset. Those that are not reached
 * by the time `until` are left out; what was counted by then makes the next time shorter.
 */
export function numberLines(
  file: ScannedFile,
  offsets: number[],
  { known, until }: { known: LineCounts | null; until: number },
): { numbers: Map<number, number>; counts: LineCounts } {
  const blocks = known && readMark(file, known.blocks.length) === known.mark ? known.blocks : [];
  const numbers = new Map<number, number>();
  const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  let lines = 0;
  let position = 0;

  function stepTowards(offset: number): void {
    const block = Math.floor(position / BLOCK_BYTES);
    const end = Math.min((block + 1) * BLOCK_BYTES, offset);
    const isWhole = end - position === BLOCK_BYTES;
    const known = isWhole ? blocks[block] : null;
    const count = known ?? countIn(file, buffer.subarray(0, end - position), position);
    if (isWhole) blocks[block] = count;
    lines += count;
    position = end;
  }

  for (const offset of offsets.toSorted((a, b) => a - b)) {
    while (position < offset && performance.now() < until) stepTowards(offset);
    if (position < offset) break;
    numbers.set(offset, lines + 1);
  }
  return { numbers, counts: { blocks, mark: readMark(file, blocks.length) } };
}

function countIn(file: ScannedFile, buffer: Buffer, position: number): number {
  readFully(file, buffer, position);
  let count = 0;
  for (let at = buffer.indexOf(LF); at !== -1; at = buffer.indexOf(LF, at + 1)) count += 1;
  return count;
}

function readMark(file: ScannedFile, blocks: number): string {
  const end = blocks * BLOCK_BYTES;
  if (blocks === 0 || end > file.size) return "";
  const mark = Buffer.alloc(MARK_BYTES);
  readFully(file, mark, end - MARK_BYTES);
  return mark.toString("base64");
}
