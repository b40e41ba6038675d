const BLOCK = 512;

/** Two empty blocks. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** One file of a tar archive in the ustar format, which every tar reads. `path` is ASCII. */
export function tarEntry(path: string, content: Buffer, writtenAt: Date): Buffer {
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([headerOf(path, content.length, writtenAt), content, padding]);
}

function headerOf(path: string, size: number, writtenAt: Date): Buffer {
  const header = Buffer.alloc(BLOCK);
  const { prefix, name } = splitPath(path);
  header.write(name, 0, 100, "latin1");
  header.write(octal(0o600, 8), 100, "latin1");
  header.write(octal(0, 8), 108, "latin1");
  header.write(octal(0, 8), 116, "latin1");
  header.write(octal(size, 12), 124, "latin1");
  header.write(octal(Math.floor(writtenAt.getTime() / 1000), 12), 136, "latin1");
  header.write("0", 156, "latin1");
  header.write("ustar\u000000", 257, "latin1");
  header.write(prefix, 345, 155, "latin1");
  // The sum is taken as if spaces stood in its place.
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148, "latin1");
  return header;
}

/** A name has 100 bytes; folders before it may go to a field of 155. */
function splitPath(path: string): { prefix: string; name: string } {
  if (path.length <= 100) return { prefix: "", name: path };
  const slash = path.indexOf("/", path.length - 101);
  const parts = { prefix: path.slice(0, Math.max(0, slash)), name: path.slice(slash + 1) };
  if (slash < 1 || parts.prefix.length > 155) throw new RangeError(`too long for tar: ${path}`);
  return parts;
}

/** With the zero byte that ends a field of `length`. */
function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}
