import { setTimeout as sleep } from "node:timers/promises";
import { cleanEnd, wholeCharacters } from "./log-bytes";
import { openOrReason, orClose } from "./log-file";
import {
  advance,
  type Held,
  holdAt,
  holdBase,
  readAhead,
  resume,
  skipAhead,
  startOver,
} from "./log-held";
import { createLogHiding } from "./log-hiding";
import { hashOf, type LogPosition } from "./log-position";
import { findNewer, type Known, lookAt, nameOf, type Rotation } from "./log-rotations";
import { lastLines } from "./log-window";

/** A reader that is further behind goes on near the end. */
const BEHIND_BYTES = 8 * 1024 * 1024;
/** A log is away for a moment while it is rotated or cleared. */
const SETTLE_MS = 20;
const SETTLE_TRIES = 3;

export type LogPiece = {
  file: string;
  offset: number;
  /** Behind the last byte of `text`, at most 128 KiB behind `offset`. */
  end: number;
  /** When it was read; for what was there before, when the file was written last. */
  at: Date;
  past: boolean;
  text: string;
};

/** What there is to tell next; offsets and `bytes` are those of the raw file. */
export type LogStep =
  | ({ kind: "text" } & LogPiece)
  | { kind: "skipped"; file: string; from: number; to: number; bytes: number; lines: number | null }
  | { kind: "rotated"; file: string }
  | { kind: "truncated"; file: string }
  | { kind: "missing"; detail: string };

export type LogStart = ({ position: LogPosition } | { lines: number; maxBytes: number }) & {
  /** Shows the secrets in it too. */
  reveal?: boolean;
};
export type LogFollower = Awaited<ReturnType<typeof followLog>>;

/**
 * Reads a log on from a position, or from its last lines, through rotation, truncation, clearing and
 * deletion: each byte once and in order, as long as it is on the disk when its turn comes. It reads only
 * when it is asked, one call at a time, and holds one open file and little text in between. Each byte of
 * a secret comes as a `*`, also where it may be one that has only begun, unless it is to be shown.
 */
export async function followLog(path: string, start: LogStart) {
  const base = await lookAt(path);
  const hide = createLogHiding();
  let isPast = true;
  /** Up to where it is past; null while that is not known. */
  let past = base && { id: base.id, size: base.size };
  let held: Held | null = null;
  let isGone = false;
  let isToldMissing = false;
  let first: LogStep | null = null;

  async function begin(): Promise<void> {
    if (!("position" in start)) return beginWithLines(start);
    if (start.position === null) return;
    held = await resume(path, start.position);
    if (held) return;
    isGone = true;
    first = await appear();
  }

  async function beginWithLines(limits: { lines: number; maxBytes: number }): Promise<void> {
    const opened = await openOrReason(path);
    if (typeof opened === "string") return;
    const { id, size } = opened.info;
    const range = { ...limits, start: 0, end: size, reveal: true };
    const { offset } = await orClose(opened.file, lastLines(opened.file, range));
    held = await holdAt(opened, { offset, older: await lookAt(nameOf(path, 1)) });
    past = { id, size };
  }

  /** The next step; null where there is nothing new now. */
  async function next(): Promise<LogStep | null> {
    const step = first ?? (held ? ((await readOn(held)) ?? (await moveOn(held))) : await appear());
    first = null;
    if (step === null) isPast = false;
    return step;
  }

  async function readOn(log: Held, isLast = false): Promise<LogStep | null> {
    const found = await readAhead(log, untilPastEnds(log));
    if (found === null) return null;
    const { id: file, offset } = log;
    if (found === "other") {
      startOver(log);
      isPast = false;
      return { kind: "truncated", file };
    }
    const { bytes, size, writtenAt } = found;
    if (size - offset > BEHIND_BYTES)
      return { kind: "skipped", file, ...(await skipAhead(log, size)) };
    const isAll = offset + bytes.length === size;
    const used = isAll && isLast ? bytes.length : (isAll ? wholeCharacters : cleanEnd)(bytes);
    if (used === 0) return null;
    const piece = bytes.subarray(0, used);
    const shown = start.reveal ? piece : await hide(log.file, offset, piece);
    advance(log, bytes, used);
    const at = isPast ? writtenAt : new Date();
    const text = shown.toString();
    return { kind: "text", file, offset, end: log.offset, at, past: isPast, text };
  }

  /** So that a text is either past or not. */
  function untilPastEnds(log: Held): number {
    const isItsFile = isPast && past?.id === log.id;
    if (isItsFile && past && past.size > log.offset) return past.size - log.offset;
    if (isItsFile) isPast = false;
    return Number.POSITIVE_INFINITY;
  }

  /** What was held is read to its end: goes on with what took its place, if something has. */
  async function moveOn(log: Held): Promise<LogStep | null> {
    const { id, older } = log;
    if ((await lookAt(path))?.id === id) return null;
    const { nlink, mtimeNs } = await log.file.stat({ bigint: true });
    const known = { id, writtenNs: mtimeNs, isDeleted: nlink === 0n, older };
    const newer = await settled(known);
    // Who moved it away by hand may still write to it, until the new one has its first line.
    const isFull = newer !== null && (newer.size > 0 || newer.path !== path);
    if (!known.isDeleted && !isFull) return null;
    // It may have been written to after the last look, before it was moved away.
    const rest = await readOn(log, true);
    if (rest) return rest;
    return newer ? change(log, newer, known) : disappear(log);
  }

  async function settled(known: Known): Promise<Rotation | null> {
    for (let tries = 1; ; tries += 1) {
      const { next: newer, isSure } = await findNewer(path, known);
      if (isSure || tries === SETTLE_TRIES) return newer;
      await sleep(SETTLE_MS);
    }
  }

  async function change(log: Held, newer: Rotation, known: Known): Promise<LogStep | null> {
    const opened = await openOrReason(newer.path);
    if (typeof opened === "string") return tellMissing(opened);
    if (opened.info.id !== newer.id) {
      // It has just got its next number: the next look finds it there.
      await opened.file.close();
      return moveOn(log);
    }
    held = await holdAt(opened, { offset: 0, older: known.isDeleted ? known.older : known });
    await log.file.close();
    isToldMissing = false;
    return { kind: known.isDeleted ? "truncated" : "rotated", file: held.id };
  }

  async function disappear(log: Held): Promise<LogStep | null> {
    await log.file.close();
    held = null;
    isGone = true;
    return tellMissing(`${path} was deleted.`);
  }

  async function appear(): Promise<LogStep | null> {
    const log = await holdBase(path);
    if (typeof log === "string") return tellMissing(log);
    held = log;
    isToldMissing = false;
    if (!isGone) return readOn(log);
    isGone = false;
    return { kind: "truncated", file: log.id };
  }

  /** Once for each time that it is away. */
  function tellMissing(detail: string): LogStep | null {
    if (isToldMissing) return null;
    isToldMissing = true;
    return { kind: "missing", detail };
  }

  await begin();
  return {
    next,
    /** What comes next may have been there before this began. */
    isPast: () => isPast,
    /** When the log had been written last, in milliseconds since 1970; 0 where there was none. */
    writtenMs: Number((base?.writtenNs ?? 0n) / 1_000_000n),
    position: (): LogPosition =>
      held && { file: held.id, offset: held.offset, hash: hashOf(held.context) },
    /** The service writes to another file from now on; what is held is read to its end first. */
    moveTo(newPath: string) {
      path = newPath;
    },
    async close() {
      await held?.file.close();
      held = null;
    },
  };
}
