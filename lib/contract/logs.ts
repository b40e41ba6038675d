import * as z from "zod/mini";
import { HistoryEvent } from "./history";
import { Count, Flag } from "./query";
import { ServiceName } from "./services";

export const LogStream = z.enum(["out", "err"], { error: "must be out or err" });
export type LogStream = z.infer<typeof LogStream>;

export const LogStreams = z.enum(["out", "err", "both"], { error: "must be out, err or both" });
export type LogStreams = z.infer<typeof LogStreams>;

/**
 * Which file something is in: the same for as long as the file is, also under the name that a rotation
 * gives it. Means nothing but that.
 */
export const FileId = z.string().check(z.regex(/^[\w-]{1,64}$/, "is not a file of a log"));

export const LogTail = z.object({
  /** The last lines as the program wrote them; bytes that are no UTF-8 stand as U+FFFD, those of secrets as `*`. */
  log: z.string(),
  path: z.string(),
  stream: LogStream,
  file: FileId,
  /** Of the whole file, in bytes. */
  size: z.int(),
  /** Byte offset in the file where `log` starts. */
  offset: z.int(),
  /** Byte offset in the file behind the last byte of `log`. */
  end: z.int(),
  /** The answer's byte limit cut `log` short of the lines that were asked for. */
  truncated: z.boolean(),
  written_at: z.iso.datetime(),
});
export type LogTail = z.infer<typeof LogTail>;

export const LogCleared = z.object({ status: z.literal("ok"), cleared: z.array(LogStream) });
export type LogCleared = z.infer<typeof LogCleared>;

const Moment = z.iso.datetime();

/** Event `text` of a log's stream: what the file holds from `offset` on. May begin and end inside a line. */
export const LogText = z.object({
  service: ServiceName,
  stream: LogStream,
  file: FileId,
  offset: z.int(),
  /** Byte offset behind the last byte of `text`. */
  end: z.int(),
  /** When it was read; for what was there before the stream began, when the file was written last. */
  at: Moment,
  /** It was there before the stream began. */
  past: z.boolean(),
  /** Bytes that are no UTF-8 stand as U+FFFD, those of secrets as `*`. */
  text: z.string(),
});
export type LogText = z.infer<typeof LogText>;

const OfStream = { service: ServiceName, stream: LogStream, at: Moment };

/** Event `mark` of a log's stream: what happened to the file, or to the service, between two texts. */
export const LogMark = z.discriminatedUnion("kind", [
  /** The reader was too slow, and is now at `to`; `lines` is null where they were too many to count. */
  z.object({
    kind: z.literal("skipped"),
    ...OfStream,
    file: FileId,
    from: z.int(),
    to: z.int(),
    bytes: z.int(),
    lines: z.nullable(z.int()),
  }),
  /** The file was given another name, and was read to its end; what comes is from the new one, `file`. */
  z.object({ kind: z.literal("rotated"), ...OfStream, file: FileId }),
  /** The file was emptied, or deleted and made anew. */
  z.object({ kind: z.literal("truncated"), ...OfStream, file: FileId }),
  /** There is no file (yet); `detail` says so, or why it cannot be read. */
  z.object({ kind: z.literal("missing"), ...OfStream, detail: z.string() }),
  /** The service started or ended. */
  z.object({
    kind: z.literal("state"),
    service: ServiceName,
    stream: z.null(),
    at: Moment,
    /** It happened before the stream began. */
    past: z.boolean(),
    event: HistoryEvent,
  }),
]);
export type LogMark = z.infer<typeof LogMark>;

/** What can be asked of a log's stream. */
export const LogStreamQuery = z.object({
  stream: z._default(LogStreams, "both"),
  /** The last lines of each file come first. */
  lines: z._default(Count, 100),
  /** The `id` of an event of an earlier stream, to go on behind it. `Last-Event-ID` says the same. */
  from: z.optional(z.string().check(z.maxLength(8000))),
  /** False ends the stream with what is there now. */
  wait: z._default(Flag, true),
  /** Shows the secrets too, to who may do everything. */
  reveal: z._default(Flag, false),
});

/** Of several services in one: their names with commas between. */
export const LogsStreamQuery = z.extend(LogStreamQuery, {
  names: z.pipe(
    z.pipe(
      z.string(),
      z.transform((names) => names.split(",")),
    ),
    z.array(ServiceName).check(z.maxLength(4)),
  ),
});

export const LogMatch = z.object({
  stream: LogStream,
  /** Byte offset at which the line starts. */
  offset: z.int(),
  /** Its number in the file, from 1; null where counting would take too long. */
  line: z.nullable(z.int()),
  /** As a terminal would show it, without colours, cut around the match where it is long. */
  text: z.string(),
});
export type LogMatch = z.infer<typeof LogMatch>;

export const LogSearch = z.object({
  /** Newest first. */
  matches: z.array(LogMatch),
  file: FileId,
  /** Byte offset down to which all was searched: the next `before`. */
  scanned_to: z.int(),
  /** The beginning of the file was reached. */
  exhausted: z.boolean(),
});
export type LogSearch = z.infer<typeof LogSearch>;
