const INDENTS = ["", "", "", " ", "  ", "\t", "\u00a0", "\u001c"];
const HEADERS = [
  "[program:a]",
  "[program:b]",
  "[ program:c ]",
  "[DEFAULT]",
  "[x] y",
  "[program:d.e]",
];
const KEYS = [
  "command",
  "user",
  "autostart",
  "autostart",
  "AutoStart",
  "a;b",
  "a#b",
  "ключ",
  "[k",
  "",
];
const DELIMITERS = ["=", "=", "=", " = ", ":", "\t:  ", ";", " "];
const VALUES = ["true", "FALSE", "", "x;y", "x #y", "'a ; b'", "[z]", "a=b:c", "é\u2028f", "  "];
const COMMENTS = ["", "", "", " ; c", " # c ;d", ";c", "\t#c;", " ;a #b", "\u0085;n"];
const EOLS = ["\n", "\n", "\n", "\r\n", "\r"];

/** As many configs as asked for, put together from awkward parts; the same for the same seed. */
export function randomConfs(count: number, seed: number): string[] {
  const random = createRandom(seed);
  const pick = (of: readonly string[]) => of[Math.floor(random() * of.length)] ?? "";
  const option = () => pick(KEYS) + pick(DELIMITERS) + pick(VALUES);
  const line = () => {
    const kind = random();
    const content = kind < 0.25 ? pick(HEADERS) : kind < 0.9 ? option() : pick(VALUES);
    return pick(INDENTS) + content + pick(COMMENTS) + pick(EOLS);
  };
  return Array.from({ length: count }, () => {
    const body = Array.from({ length: Math.floor(random() * 9) }, line).join("");
    return `[program:a]${pick(COMMENTS)}${pick(EOLS)}${body}${random() < 0.3 ? option() : ""}`;
  });
}

/** mulberry32 */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
