import { Tag } from "@/components/ui/tag";
import type { Cause, CauseKind } from "@/lib/contract/causes";
import { lastWords } from "./last-words";

const names: Record<CauseKind, string> = {
  gpu_memory: "CUDA out of memory",
  port_in_use: "Port in use",
  missing_module: "Missing module",
  disk_full: "Disk full",
  hub_unauthorized: "Refused by the model hub",
  killed_for_memory: "Killed for memory",
  driver_mismatch: "Driver mismatch",
  permission: "Permission denied",
};

/** What kind of fault it is, as those call it who know it. */
export function nameOfCause({ kind }: Cause) {
  return names[kind];
}

/** What is the case, and what to do about it. */
export function CauseWords({ cause: { text, advice } }: { cause: Cause }) {
  return (
    <div className="why-words">
      <p>{text}</p>
      <p>{advice}</p>
    </div>
  );
}

/** The line of the log that says so. */
export function CauseLine({ line: { stream, text } }: { line: NonNullable<Cause["line"]> }) {
  return (
    <figure className="grid gap-1.5">
      <figcaption className="second-line flex items-center gap-2">
        The line that says so
        <Tag>{stream}</Tag>
      </figcaption>
      <div className="quote">
        <div className="text-[var(--ansi-red)]" title={text}>
          {wordsOfLine(text)}
        </div>
      </div>
    </figure>
  );
}

/** As it stands among the last words. */
export function wordsOfLine(text: string): string {
  return lastWords(text, 1).join("");
}
