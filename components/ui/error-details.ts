import { hideSecrets } from "@/lib/redaction/hide-secrets";
import { version } from "@/package.json";

export type Details = {
  /** "The log could not be shown" */
  title: string;
  error: unknown;
  componentStack?: string;
  at: Date;
};

/** What helps to find out why, for an issue report. */
export function detailsOf({ title, error, componentStack, at }: Details): string {
  const lines = [
    title,
    `ControlPilot ${version} at ${window.location.href}`,
    `${at.toISOString()}, ${navigator.userAgent}`,
    "",
    stackOf(error),
  ];
  if (componentStack) lines.push("", "Components:", componentStack.trim());
  return hideSecrets(lines.join("\n"));
}

/** In one line. */
export function messageOf(error: unknown): string {
  return hideSecrets(error instanceof Error ? error.message || error.name : String(error));
}

/** Some browsers leave the message out of the stack. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack = "" } = error;
  const digest = "digest" in error ? ` (${error.digest})` : "";
  const head = `${name}: ${message}${digest}`;
  return stack.includes(message) ? `${stack}${digest}` : `${head}\n${stack}`;
}
