/** More text than this is not held while a job is watched. */
const MOST_HELD = 1_000_000;

/**
 * The text seen so far, gone on with by the newest last lines. Where those do not follow on it,
 * because too much came at once, the text begins anew.
 */
export function joinOutput(held: string, tail: string): string {
  if (held.length + tail.length > MOST_HELD) return tail;
  const end = tail.indexOf("\n");
  const firstLine = end === -1 ? tail : tail.slice(0, end + 1);
  for (let at = held.indexOf(firstLine); at !== -1; at = held.indexOf(firstLine, at + 1)) {
    const startsLine = at === 0 || held[at - 1] === "\n";
    if (startsLine && tail.startsWith(held.slice(at))) return held.slice(0, at) + tail;
  }
  return tail;
}
