import { hideSecrets } from "@/lib/redaction/hide-secrets";

/** On the process: Next may load this module once for each bundle. */
const store = globalThis as { controlPilotSecrets?: () => readonly string[] };

/** This machine's own secrets are hidden too, wherever they stand. Asked anew each time. */
export function hideAlso(secrets: () => readonly string[]): void {
  store.controlPilotSecrets = secrets;
}

export function ownSecrets(): readonly string[] {
  return store.controlPilotSecrets?.() ?? [];
}

/** The text without secrets, those of this machine included. Whole lines only. */
export function redact(text: string): string {
  return hideSecrets(text, ownSecrets());
}
