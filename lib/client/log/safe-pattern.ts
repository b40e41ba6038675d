/**
 * How many columns of a line are searched at most, by how many repeats without a bound a pattern has. The
 * ways to share n columns among k of them are (n + k + 1 over k + 1); these keep them near a hundred million.
 */
const COLUMNS = [4000, 4000, 800, 240, 90, 50, 35, 28, 24];
/** A counted repeat of more counts as one without a bound. */
const MOST_COUNTED = 8;

const TOKEN =
  /\\(?:u\{[^}]*\}|[pP]\{[^}]*\}|k<|.)|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|:|<\w+>))?|\)|\||(?:[*+?]|\{\d+(?:,\d*)?\})\??|./gsu;
const REFERENCE = /^\\(?:[1-9]|k<)/;
const REPEAT = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??$/;

/** What a group holds: repeats without a bound, and whether it can match a text in more than one way. */
type Group = { repeats: number; isFree: boolean };

/**
 * In how many columns of a line a pattern can be sought without taking for ever; null where that is none:
 * those with a repeat or a choice within a repeat, as "(a+)+" and "(a|b)*", a reference back, as "(.)\1", or
 * too many repeats.
 */
export function safeColumns(source: string): number | null {
  const outer: Group[] = [];
  let group: Group = { repeats: 0, isFree: false };
  let closed: Group | null = null;
  for (const [token] of source.matchAll(TOKEN)) {
    const repeat = REPEAT.exec(token);
    if (REFERENCE.test(token)) return null;
    if (repeat) {
      const most = mostOf(repeat);
      const isFree = closed?.isFree ?? false;
      if (isFree && most > MOST_COUNTED) return null;
      if (closed && most <= MOST_COUNTED) group.repeats += closed.repeats * (most - 1);
      if (most > MOST_COUNTED) group.repeats += 1;
      group.isFree ||= repeat[1] === undefined || repeat[2] !== undefined;
    }
    closed = null;
    if (token === "|") group.isFree = true;
    if (token.startsWith("(")) {
      outer.push(group);
      group = { repeats: 0, isFree: false };
    }
    if (token === ")") {
      closed = group;
      const { repeats, isFree } = outer.pop() ?? group;
      group = { repeats: repeats + closed.repeats, isFree: isFree || closed.isFree };
    }
  }
  return COLUMNS[group.repeats] ?? null;
}

function mostOf([token, least, comma, most]: RegExpExecArray): number {
  if (token?.startsWith("?")) return 1;
  if (least === undefined || (comma !== undefined && most === "")) return Number.POSITIVE_INFINITY;
  return Number(most ?? least);
}
