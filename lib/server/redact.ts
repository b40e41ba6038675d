import { privateKeysIn } from "./private-keys";
import { merged, type Span, secretsIn } from "./secrets-in";

const HIDDEN = "•••";

/** On the process: Next may load this module once for each bundle. */
const store = globalThis as { controlPilotSecrets?: () => readonly string[] };

/** This machine's own secrets are hidden too, wherever they stand. Asked anew each time. */
export function hideAlso(secrets: () => readonly string[]): void {
  store.controlPilotSecrets = secrets;
}

export function ownSecrets(): readonly string[] {
  return store.controlPilotSecrets?.() ?? [];
}

/** The text without passwords, tokens and signatures. Whole lines only: half a token is not recognised. */
export function redact(text: string): string {
  // Its end is known: what stands there is whole.
  const { spans } = privateKeysIn(text, 0);
  return without(text, merged([...spans, ...secretsIn(`${text}\n`, ownSecrets())]));
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
