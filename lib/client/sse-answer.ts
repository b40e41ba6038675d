import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { ErrorBody } from "@/lib/contract/errors";
import { refusalOf } from "./api";

/** In characters; the largest event that is sent is far smaller. */
const MOST_HELD = 16 * 1024 * 1024;

type Question = {
  url: string;
  lastId: string | undefined;
  signal: AbortSignal;
  /** How long nothing may come, from the start and later, in ms. */
  firstByteMs: number;
  silenceMs: number;
  /** With each piece, before its events; `heardFor` is the time since the first piece. */
  onBytes: (heardFor: number) => void;
  onEvent: (event: EventSourceMessage) => unknown;
};

export type Ending = {
  /** Nothing came for longer than it may. */
  wasSilent: boolean;
  /** An answer with events had begun. */
  wasAnswered: boolean;
  /** From the first to the last of it, in ms. */
  heardFor: number;
};

export type Answer = ReturnType<typeof readAnswer>;

/**
 * Asks for server-sent events and reads the one answer. `ended` rejects where ControlPilot refuses
 * (`ApiError`), and with what `onEvent` throws; a connection that breaks is an end like any other.
 */
export function readAnswer(question: Question) {
  const { url, lastId, signal, firstByteMs, silenceMs, onBytes, onEvent } = question;
  const givingUp = new AbortController();
  const waiting: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (event) => waiting.push(event),
    maxBufferSize: MOST_HELD,
  });
  const decoder = new TextDecoder();
  let silence: ReturnType<typeof setTimeout> | undefined;
  /** Null while what came is being worked on: then it is not the other end that is silent. */
  let heardAt: number | null = null;
  let firstAt: number | null = null;
  let wasSilent = false;
  let wasAnswered = false;

  function listen(ms: number) {
    heardAt = Date.now();
    silence = setTimeout(giveUp, ms);
  }

  function giveUp() {
    wasSilent = true;
    givingUp.abort();
  }

  async function read() {
    listen(firstByteMs);
    const reader = await ask();
    for (;;) {
      const piece = await reader?.read().catch(() => null);
      if (!piece || piece.done) return;
      clearTimeout(silence);
      firstAt ??= Date.now();
      heardAt = null;
      onBytes(Date.now() - firstAt);
      if (!(await work(piece.value))) return;
      listen(silenceMs);
    }
  }

  async function ask() {
    const response = await fetch(url, {
      headers: { accept: "text/event-stream", ...(lastId && { "last-event-id": lastId }) },
      cache: "no-store",
      signal: AbortSignal.any([signal, givingUp.signal]),
    }).catch(() => null);
    if (response?.ok === false) await throwRefusal(response);
    // A proxy in between answers with pages of its own.
    if (!response?.headers.get("content-type")?.startsWith("text/event-stream")) return undefined;
    wasAnswered = true;
    return response.body?.getReader();
  }

  /** Whether the text could be taken. */
  async function work(bytes: Uint8Array): Promise<boolean> {
    try {
      parser.feed(decoder.decode(bytes, { stream: true }));
    } catch {
      // An event without an end, longer than any that is sent.
      return false;
    }
    for (const event of waiting.splice(0)) {
      if (signal.aborted) return false;
      await onEvent(event);
    }
    return true;
  }

  async function readToEnd(): Promise<Ending> {
    try {
      await read();
    } finally {
      clearTimeout(silence);
      givingUp.abort();
    }
    return {
      wasSilent,
      wasAnswered,
      heardFor: firstAt === null ? 0 : (heardAt ?? Date.now()) - firstAt,
    };
  }

  return {
    ended: readToEnd(),
    end: () => givingUp.abort(),

    /** For when nothing may have been heard because nothing ran here. */
    endIfSilentFor(ms: number) {
      if (heardAt !== null && Date.now() - heardAt > ms) givingUp.abort();
    },
  };
}

/** Only what ControlPilot itself says is final; a proxy that does not reach it may say anything. */
async function throwRefusal(response: Response) {
  const isForNow = response.status >= 500 || response.status === 429;
  if (isForNow) return;
  const body: Partial<ErrorBody> | null = await response.json().catch(() => null);
  const { code, detail } = body ?? {};
  if (code && detail) throw refusalOf(response, { code, detail });
}
