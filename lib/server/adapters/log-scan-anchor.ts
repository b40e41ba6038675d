const SAMPLE_BYTES = 16 * 1024;
/** A byte that the sample does not hold may still come. */
const LEAST_SHARE = 1 / (4 * SAMPLE_BYTES);
/** The anchor of a long needle starts among so many of its first bytes. */
const POSITIONS = 48;
const LENGTHS = [1, 2, 3];
const PROMISING = 4;
/** In tenths of a nanosecond, as measured once: passing a byte, stopping at a first byte, stopping at an anchor. */
const COST = { pass: 1, firstByte: 120, anchor: 800 };

/**
 * The part of a needle that is looked for in its place: bytes are searched as fast as the first byte of
 * what is sought is rare. `at` is where it stands in the needle; it may have several spellings.
 */
export type Anchor = { at: number; spellings: Buffer[] };

/**
 * Those that promise most in bytes like those of `sample`, and the needle itself, whose length lets the
 * search leap. Unless `matchCase`, the needle is in lower case.
 */
export function anchorsOf(needle: Buffer, matchCase: boolean, sample: Buffer): Anchor[] {
  const shares = sharesOf(sample.subarray(0, SAMPLE_BYTES));
  const anchors: (Anchor & { cost: number })[] = [];
  for (let at = 0; at < Math.min(needle.length, POSITIONS); at += 1) {
    for (const part of partsFrom(needle.subarray(at), matchCase)) {
      const spellings = spellingsOf(part, matchCase);
      anchors.push({ at, spellings, cost: costOf(spellings, shares) });
    }
  }
  const best = anchors.sort((a, b) => a.cost - b.cost).slice(0, PROMISING);
  return hasOneSpelling(needle, matchCase) ? [...best, { at: 0, spellings: [needle] }] : best;
}

export function toLowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** Short ones, since each letter doubles the spellings; the whole rest where it has one spelling only. */
function partsFrom(rest: Buffer, matchCase: boolean): Buffer[] {
  const parts = LENGTHS.filter((length) => length <= rest.length).map((n) => rest.subarray(0, n));
  return hasOneSpelling(rest, matchCase) ? [...parts, rest] : parts;
}

function hasOneSpelling(part: Buffer, matchCase: boolean): boolean {
  return matchCase || !part.some(isLowerCase);
}

function spellingsOf(part: Buffer, matchCase: boolean): Buffer[] {
  let spellings: number[][] = [[]];
  for (const byte of part) {
    const cases = !matchCase && isLowerCase(byte) ? [byte, byte & ~0x20] : [byte];
    spellings = spellings.flatMap((start) => cases.map((one) => [...start, one]));
  }
  return spellings.map((bytes) => Buffer.from(bytes));
}

function isLowerCase(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

/** How much of the sample each byte makes up. */
function sharesOf(sample: Buffer): Float64Array {
  const shares = new Float64Array(256).fill(LEAST_SHARE);
  for (const byte of sample) shares[byte] = (shares[byte] ?? 0) + 1 / sample.length;
  return shares;
}

function costOf(spellings: Buffer[], shares: Float64Array): number {
  return spellings.reduce((sum, spelling) => {
    const share = (byte: number) => shares[byte] ?? 0;
    const whole = spelling.reduce((product, byte) => product * share(byte), 1);
    return sum + COST.pass + COST.firstByte * share(spelling[0] ?? 0) + COST.anchor * whole;
  }, 0);
}
