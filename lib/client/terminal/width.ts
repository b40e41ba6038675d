/** Wide and fullwidth ranges of Unicode's East Asian Width; wide emoji come from their own property. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x3247],
  [0x3250, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18d7f],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f2ff],
  [0x20000, 0x3fffd],
];
const ZERO = /[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff\ud7b0-\ud7ff]/u;
const EMOJI = /\p{Emoji_Presentation}/u;
const FLAG_LETTER = /\p{Regional_Indicator}/u;
const SOFT_HYPHEN = 0xad;

/** Width plus one for the code points below 0x10000 that were asked before. */
const known = new Uint8Array(0x10000);

/** Columns a code point takes on a terminal, as programs count them: one by one, not by grapheme. */
export function columnsOf(codePoint: number): 0 | 1 | 2 {
  if (codePoint < 0x7f) return 1;
  if (codePoint >= 0x10000) return measure(codePoint);
  const cached = known[codePoint];
  if (cached) return (cached - 1) as 0 | 1 | 2;
  const width = measure(codePoint);
  known[codePoint] = width + 1;
  return width;
}

function measure(codePoint: number): 0 | 1 | 2 {
  const char = String.fromCodePoint(codePoint);
  if (codePoint === SOFT_HYPHEN) return 1;
  if (ZERO.test(char)) return 0;
  if (WIDE.some(([from, to]) => codePoint >= from && codePoint <= to)) return 2;
  return EMOJI.test(char) && !FLAG_LETTER.test(char) ? 2 : 1;
}
