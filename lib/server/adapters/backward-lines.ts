import type { FileHandle } from "node:fs/promises";

const BLOCK_BYTES = 64 * 1024;
const MAX_LINE_BYTES = 1024 * 1024;
const LF = 10;

type Range = { start: number; end: number };

/**
 * The lines between two offsets of a file, the last one first, read in blocks. Empty ones are left
 * out, and no more than the start of one that is longer than a megabyte comes.
 */
export async function* readLinesBackwards(file: FileHandle, range: Range): AsyncGenerator<string> {
  for await (const lines of readBlocksBackwards(file, range)) yield* lines;
}

/**
 * As `readLinesBackwards`, the lines of a block at once, which is faster where all of them are read. They
 * may be none: inside a line that never ends too, who reads can stop at each block.
 */
export async function* readBlocksBackwards(
  file: FileHandle,
  range: Range,
): AsyncGenerator<string[]> {
  let rest = Buffer.alloc(0);
  for (let position = range.end; position > range.start; ) {
    const length = Math.min(BLOCK_BYTES, position - range.start);
    position -= length;
    const bytes = Buffer.concat([await readBlock(file, position, length), rest]);
    const firstEnd = bytes.indexOf(LF);
    rest = firstEnd === -1 ? bytes : bytes.subarray(0, firstEnd);
    if (rest.length > MAX_LINE_BYTES) rest = Buffer.alloc(0);
    const lines = firstEnd === -1 ? [] : bytes.toString("utf8", firstEnd + 1).split("\n");
    yield lines.filter(Boolean).reverse();
  }
  if (rest.length > 0) yield [rest.toString("utf8")];
}

async function readBlock(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position });
  return buffer.subarray(0, bytesRead);
}
