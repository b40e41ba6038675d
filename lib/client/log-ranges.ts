import type { LogMark, LogStream, LogTail } from "@/lib/contract/logs";
import type { Source } from "./log/types";
import { type Reveal, readLog } from "./logs";

const OLDER_LINES = 2000;
const SKIPPED_LINES = 10_000;
/** On each side of a place. */
const AROUND_LINES = 500;

/** Which log of which service. */
export type Place = { service: string; stream: LogStream };

export type Piece = { source: Source; tail: LogTail };

export type LogRanges = ReturnType<typeof createLogRanges>;

/** Parts of logs that their streams do not bring; `reveal` as in those. */
export function createLogRanges(reveal: Reveal) {
  return {
    /** What stands before the oldest lines that are held, of each log that has any. */
    before(sources: readonly Source[]): Promise<Piece[]> {
      return ofEach(sources, ({ oldest }) => ({ before: oldest }));
    },

    /** The first lines of each log that is not held from its start. */
    start(sources: readonly Source[]): Promise<Piece[]> {
      return ofEach(sources, () => ({ after: 0 }));
    },

    /** What a mark stands for, or the last part of it where it is long. */
    skipped(mark: Extract<LogMark, { kind: "skipped" }>): Promise<LogTail> {
      const { service, stream, file, from, to } = mark;
      const range = { stream, file, after: from, before: to, lines: SKIPPED_LINES };
      return readLog(service, { ...reveal, ...range });
    },

    /** The lines on both sides of a byte of a file, as one piece. */
    async around({ service, stream }: Place, file: string, offset: number): Promise<LogTail> {
      const range = { ...reveal, stream, file, lines: AROUND_LINES };
      const after = await readLog(service, { ...range, after: offset });
      const before = await readLog(service, { ...range, before: after.offset });
      return { ...after, log: before.log + after.log, offset: before.offset };
    },
  };

  function ofEach(
    sources: readonly Source[],
    edgeOf: (source: Source) => { before: number } | { after: number },
  ): Promise<Piece[]> {
    const unread = sources.filter(({ atStart }) => !atStart);
    return Promise.all(
      unread.map(async (source) => {
        const { service, stream, file } = source;
        const range = { stream, file, lines: OLDER_LINES, ...edgeOf(source) };
        return { source, tail: await readLog(service, { ...reveal, ...range }) };
      }),
    );
  }
}
