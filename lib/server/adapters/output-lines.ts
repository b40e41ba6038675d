/** A longer line is shown in pieces, so that it is not held for ever. */
const MAX_HELD = 16 * 1024;
const KEPT_OF_LONG = 4 * 1024;
const UPDATES_A_SECOND = 5;
const WHOLE_LINES = /[^\r\n]*(?:\r?\n|\r)/gy;
const ESCAPE = "\u001b";
const MOVES_CURSOR = new RegExp(`${ESCAPE}\\[[\\d;]*[A-HJ]`);

/**
 * Makes whole lines of text that comes in chunks, because only a whole line can be redacted: a chunk
 * may end inside a password. Most of the updates of a progress bar are left out where they come fast.
 */
export function createOutputLines(redact: (line: string) => string) {
  let held = "";
  /** What is shown of `held` already. */
  let shown = "";
  let skipped = "";
  let updates = { since: 0, count: 0 };

  function add(text: string, now: number): string {
    const whole = held + text;
    const lines = whole.match(WHOLE_LINES) ?? [];
    held = whole.slice(lines.join("").length);
    const finished = lines.map((line) => finish(line, now)).join("");
    return held.length > MAX_HELD ? finished + shorten() : finished;
  }

  function finish(line: string, now: number): string {
    if (line.endsWith("\r") && shown === "" && !MOVES_CURSOR.test(line) && isTooFast(now)) {
      if (line !== "\r") skipped = line;
      return "";
    }
    // A line end by itself ends the update before it, which is then the last one.
    const last = line.trim() === "" ? redact(skipped) : "";
    skipped = "";
    if (line.endsWith("\n")) updates = { since: 0, count: 0 };
    const news = reveal(line);
    shown = "";
    return last + news;
  }

  function isTooFast(now: number): boolean {
    if (now - updates.since >= 1000) updates = { since: now, count: 0 };
    updates.count += 1;
    return updates.count > UPDATES_A_SECOND;
  }

  /** What is new in a line of which a part is shown already. */
  function reveal(line: string): string {
    const whole = redact(line);
    if (shown.startsWith(whole)) return "";
    const news = whole.startsWith(shown) ? whole.slice(shown.length) : `\n${whole}`;
    shown = whole;
    return news;
  }

  function shorten(): string {
    const end = held.length - KEPT_OF_LONG;
    const head = held.slice(0, endOfWords(held.slice(0, end)) || end);
    const [before, whole] = [shown, redact(head)];
    const news = reveal(head);
    shown = before.startsWith(whole) ? before.slice(whole.length) : "";
    held = held.slice(head.length);
    return news;
  }

  return {
    /** What can be shown after this text. */
    add,
    /** What is held back: the words that are whole, or all of it. */
    settle(how: "words" | "all"): string {
      if (held !== "") return reveal(how === "all" ? held : held.slice(0, endOfWords(held)));
      const last = redact(skipped);
      skipped = "";
      return last;
    },
  };
}

function endOfWords(text: string): number {
  let end = text.length;
  while (end > 0 && /\S/.test(text[end - 1] ?? "")) end -= 1;
  return end;
}
