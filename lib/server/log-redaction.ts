import { privateKeysIn } from "@/lib/redaction/private-keys";
import { lastLineStart, merged, type Span, secretsIn } from "@/lib/redaction/secrets-in";
import { ownSecrets } from "./redact";

/** Of a long line so much is kept to judge by what comes. */
const MOST_KEPT = 4096;
/** Of a secret that is longer, so much on both sides of its start, and of its end. */
const KEPT_OF_SECRET = 512;
const STAR = "*".charCodeAt(0);
const LF = 10;
const CR = 13;

export type LogRedaction = ReturnType<typeof createLogRedaction>;

/**
 * Hides the secrets in the bytes of a log, read piece by piece in order: each of their bytes becomes a `*`,
 * so that all others stay where they are. A secret may go on from one piece to the next.
 */
export function createLogRedaction(known: readonly string[] = ownSecrets()) {
  const values = known.map((value) => Buffer.from(value).toString("latin1"));
  /** What it takes to judge how the last line goes on. */
  let before = "";
  let keyLeft = 0;

  return {
    /** The bytes themselves where nothing is hidden in them. */
    next(bytes: Buffer): Buffer {
      // One character for each byte, whatever it is.
      const text = before + bytes.toString("latin1");
      const keys = privateKeysIn(text, keyLeft);
      const spans = merged([...keys.spans, ...secretsIn(text, values)]);
      const hidden = hide(bytes, spans, before.length);
      const lineStart = lastLineStart(text);
      if (keys.spans.length > 0) keyLeft = privateKeysIn(text.slice(0, lineStart), keyLeft).left;
      before = copyOf(partKept(text, lineStart, spans.at(-1)));
      return hidden;
    },
  };
}

/** `ahead` characters stand before the bytes. Line ends stay. */
function hide(bytes: Buffer, spans: Span[], ahead: number): Buffer {
  const concerned = spans.filter(([, end]) => end > ahead);
  if (concerned.length === 0) return bytes;
  const hidden = Buffer.from(bytes);
  for (const [start, end] of concerned) {
    for (let at = Math.max(0, start - ahead); at < end - ahead; at += 1) {
      if (hidden[at] !== LF && hidden[at] !== CR) hidden[at] = STAR;
    }
  }
  return hidden;
}

function partKept(text: string, lineStart: number, last: Span | undefined): string {
  if (text.length - lineStart <= MOST_KEPT) return text.slice(lineStart);
  const [start, end] = last ?? [0, 0];
  const head = Math.max(lineStart, start - KEPT_OF_SECRET);
  const isCut = end === text.length && head < end - MOST_KEPT;
  if (!isCut) return text.slice(-MOST_KEPT);
  return text.slice(head, start + KEPT_OF_SECRET) + text.slice(-KEPT_OF_SECRET);
}

/** A part of a string would keep all of it in memory. */
function copyOf(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}
