import type { LogStream } from "@/lib/contract/logs";
import type { LineItem } from "./items";
import type { Stretch } from "./offsets";
import { Pages } from "./pages";
import type { Group } from "./records";
import { LogSource } from "./source";

interface Past extends Stretch {
  readonly service: string;
  readonly stream: LogStream;
  readonly file: string;
  /** When the file was written last. */
  readonly at: string;
}

/** The lines of a stretch that was written before those that are held, and the record of the last one. */
export function readPast(past: Past): { items: LineItem[]; group: Group | null } {
  const source = new LogSource(past.service, past.stream, new Pages());
  source.read({ ...past, past: true });
  const group = source.breakOff();
  const items = [...source.waiting];
  datePast(items);
  return { items, group };
}

/**
 * Puts a time to each line of the past of one source: its own, else that of the line before it. Those in
 * front of the first time take that; without any, the lines stay together where their file was written last.
 */
export function datePast(items: readonly LineItem[]): void {
  let when = items.find(({ at }) => at !== null)?.at ?? Number.POSITIVE_INFINITY;
  for (const item of items) {
    when = item.at ?? when;
    item.when = Math.min(when, item.origin.near);
  }
}
