import type { LogMark, LogText } from "@/lib/contract/logs";
import { ApiError } from "./api";
import { onYield } from "./live/tabs";
import { LogBook } from "./log/book";
import type { BookView } from "./log/types";
import { createLogRanges, type LogRanges, type Place } from "./log-ranges";
import type { Reveal } from "./logs";
import { openStream, type Stream, type StreamState } from "./sse";

export type FeedState = {
  view: BookView;
  /** Whether what is written arrives as it is written, is asked for, or does not come. */
  way: StreamState;
  error: Error | null;
  /** When something came last, in milliseconds; null before the first. */
  heardAt: number | null;
  /** Since when nobody answers, once that is for longer than a restart takes. */
  lostAt: number | null;
};

const RESTART_MS = 5000;
/** So often at most the page is drawn anew, however fast a service writes. */
const COMMIT_MS = 100;
/** The browser has time for the reader's clicks after so much reading in one go. */
const SLICE_MS = 8;

/** The lines of some logs, as they are written: a store that React can subscribe to. */
export class LogFeed {
  private readonly book = new LogBook();
  private readonly listeners = new Set<() => void>();
  private state: FeedState;
  private stream: Stream | null = null;
  private close: (() => void) | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private committedAt = 0;
  private sliceStart = 0;
  private heardAt: number | null = null;
  private lostAt: number | null = null;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private way: StreamState = "connecting";
  private error: Error | null = null;

  /** For other questions about the same lines: whether the stream shows the secrets in them. */
  readonly reveal: Reveal;
  private readonly ranges: LogRanges;

  /** `url` streams the events of a log. */
  constructor(private readonly url: string) {
    this.reveal = new URLSearchParams(url.split("?")[1]).has("reveal") ? { reveal: true } : {};
    this.ranges = createLogRanges(this.reveal);
    this.state = this.stateNow();
  }

  /** Starts with the first listener, and ends with the last. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    this.close ??= this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size > 0) return;
      this.close?.();
      this.close = null;
      clearTimeout(this.timer);
      this.timer = undefined;
    };
  };

  getState = (): FeedState => this.state;

  /** Whether the reader looks back at what is held, and not at what comes. */
  hold(isHeld: boolean): void {
    if (isHeld) this.book.hold();
    else this.book.follow();
    this.schedule();
  }

  /** Asks now, where it would wait for its next try. */
  retry(): void {
    this.stream?.retryNow();
  }

  /** Puts older lines in front, those of each log that has any. Resolves to how many came. */
  async loadOlder(): Promise<number> {
    const pieces = await this.ranges.before(this.state.view.sources);
    let count = 0;
    for (const { source, tail } of pieces) count += this.book.older(source, tail);
    this.commit();
    return count;
  }

  /** Puts the first lines of each log in front; a mark stands for what is between, and loads it. */
  async loadStart(): Promise<void> {
    const pieces = await this.ranges.start(this.state.view.sources);
    for (const { source, tail } of pieces) this.book.older(source, tail);
    this.commit();
  }

  /** Fetches what was skipped, or the last part of it where it is long. */
  async fill(id: number, mark: Extract<LogMark, { kind: "skipped" }>): Promise<void> {
    this.book.fill(id, await this.ranges.skipped(mark));
    this.commit();
  }

  /** The lines around a byte of a file, put in front of what is held. */
  async loadAround(source: Place, file: string, offset: number): Promise<void> {
    this.book.older(source, await this.ranges.around(source, file, offset));
    this.commit();
  }

  private open(): () => void {
    const stream = openStream({
      url: this.url,
      pollUrl: `${this.url}&wait=false`,
      onEvent: (event) => this.read(event),
      onState: (way, error) => {
        this.way = way;
        this.error = error ?? null;
        if (way === "connecting") this.waitForAnswer();
        else this.stopWaiting();
        this.schedule();
      },
    });
    this.stream = stream;
    // A browser has few connections for all of its tabs; what is missed meanwhile comes afterwards.
    const stop = onYield((yields) => {
      if (yields) return stream.pause();
      this.stopWaiting();
      this.waitForAnswer();
      stream.resume();
    });
    return () => {
      stop();
      stream.close();
      this.stopWaiting();
      this.stream = null;
    };
  }

  private waitForAnswer(): void {
    const since = Date.now();
    this.waiting ??= setTimeout(() => {
      this.lostAt = since;
      this.schedule();
    }, RESTART_MS);
  }

  private stopWaiting(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.lostAt = null;
  }

  /** Resolves when the browser may be given more. */
  private read({ name, data }: { name: string; data: string }): Promise<void> | undefined {
    if (name === "text") this.book.text(JSON.parse(data) as LogText);
    else if (name === "mark") this.book.mark(JSON.parse(data) as LogMark);
    this.heardAt = Date.now();
    this.schedule();
    const now = performance.now();
    if (now - this.sliceStart < SLICE_MS) return;
    return new Promise((resolve) => {
      setTimeout(() => {
        this.sliceStart = performance.now();
        resolve();
      });
    });
  }

  private schedule(): void {
    const wait = Math.max(0, this.committedAt + COMMIT_MS - performance.now());
    this.timer ??= setTimeout(() => this.commit(), wait);
  }

  private commit(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.committedAt = performance.now();
    this.state = this.stateNow();
    for (const listener of this.listeners) listener();
  }

  private stateNow(): FeedState {
    return {
      view: this.book.view(),
      way: this.way,
      error: this.error,
      heardAt: this.heardAt,
      lostAt: this.lostAt,
    };
  }
}

/** There is nothing to wait for: no such service, or nobody may read it. */
export function isFinal(error: Error | null): boolean {
  return error instanceof ApiError && error.code !== "unreachable" && error.code !== "unavailable";
}
