import type { ActivityEntry } from "@/lib/contract/activity";
import { redact } from "./redact";

const MOST = { actor: 100, address: 64, target: 200, detail: 300, error: 1000 };
/** What could break a line, or turn the text around it. */
const UNPRINTABLE = /[\p{Cc}\s\u202a-\u202e\u2066-\u2069]+/gu;

type Texts = { [Field in keyof typeof MOST]?: string | null | undefined };

/** The entry as a line of the audit file: no secrets, nothing long, nothing that a terminal obeys. */
export function toActivityLine(entry: Omit<ActivityEntry, "detail" | "error"> & Texts): string {
  const { id, time, action, result } = entry;
  const text = (field: keyof typeof MOST) => clean(entry[field], MOST[field]);
  return `${JSON.stringify({
    id,
    time,
    actor: text("actor") ?? "",
    address: text("address") ?? "",
    action,
    target: text("target") ?? null,
    result,
    detail: text("detail"),
    error: text("error"),
  })}\n`;
}

function clean(text: string | null | undefined, most: number): string | undefined {
  if (text === null || text === undefined) return undefined;
  const plain = redact(text).replaceAll(UNPRINTABLE, " ").trim();
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}
