/** What Python's `str.isspace` calls a space: five characters that `\s` lacks, and not U+FEFF. */
const SPACES = new Set(
  "\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005" +
    "\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
);

/** Python ends a line at `\r\n`, `\n` and a lone `\r`, and nowhere else. */
export function splitLines(text: string): string[] {
  return text.split(/(?<=\n)|(?<=\r)(?!\n)/);
}

export type ConfLine = {
  /** Without comment and surrounding spaces. */
  content: string;
  indent: number;
  commented: boolean;
};

export function readLine(line: string): ConfLine {
  const comment = findComment(line);
  const content = strip(line.slice(0, comment));
  return { content, indent: startOf(line), commented: comment !== undefined };
}

/**
 * The parser looks at the first `;` and the first `#`, then at the second ones, and so on, and
 * stops at the first round with a hit, which need not be the leftmost mark after a space.
 */
function findComment(line: string): number | undefined {
  if (/[;#]/.test(line.charAt(startOf(line)))) return 0;
  const marks = [";", "#"].map((mark) => [...line.matchAll(new RegExp(mark, "g"))]);
  for (let round = 0; marks.some((of) => round < of.length); round++) {
    const places = marks.flatMap((of) => of[round]?.index ?? []);
    const hits = places.filter((place) => SPACES.has(line.charAt(place - 1)));
    if (hits.length > 0) return Math.min(...hits);
  }
  return undefined;
}

/** `str.strip()` of Python. */
export function strip(text: string): string {
  return stripEnd(text.slice(startOf(text)));
}

/** `str.rstrip()` of Python. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (SPACES.has(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function startOf(text: string): number {
  let at = 0;
  while (SPACES.has(text.charAt(at))) at++;
  return at;
}
