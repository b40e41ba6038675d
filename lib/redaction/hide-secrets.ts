import { privateKeysIn } from "./private-keys";
import { merged, type Span, secretsIn } from "./secrets-in";

const HIDDEN = "•••";

/**
 * The text without passwords, tokens and signatures, nor any of `known`. Whole lines only: half a token is
 * not recognised.
 */
export function hideSecrets(text: string, known: readonly string[] = []): string {
  // Its end is known: what stands there is whole.
  const { spans } = privateKeysIn(text, 0);
  return without(text, merged([...spans, ...secretsIn(`${text}\n`, known)]));
}

function without(text: string, spans: Span[]): string {
  let rest = 0;
  let shown = "";
  for (const [start, end] of spans) {
    shown += text.slice(rest, start) + HIDDEN;
    rest = end;
  }
  return shown + text.slice(rest);
}
