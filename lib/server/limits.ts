import type { IncomingMessage, ServerResponse } from "node:http";
import { networkOf } from "./client-address";
import { AppError } from "./errors";
import type { Refusal } from "./limits-refusal";

/** No body that is asked for comes near it. */
export const MAX_BODY_BYTES = 64 * 1024;
const MAX_URL_LENGTH = 8 * 1024;
/** So many wait for their answer at most; a look at supervisord answers hundreds at once. */
const MAX_UNANSWERED = 256;
const RETRY_SECONDS = 5;
const LOOPBACK = /^(127\.|::1$|$)/;

/** Refuses what is larger than anything that is meant, and what comes while too much is going on. */
export function createRequestLimits() {
  const open = new Set<ServerResponse>();

  function unanswered(): number {
    let count = 0;
    for (const { headersSent } of open) if (!headersSent) count += 1;
    return count;
  }

  return function refuse(
    { url = "", headers }: Pick<IncomingMessage, "url" | "headers">,
    response: ServerResponse,
  ): Refusal | null {
    if (url.length > MAX_URL_LENGTH) return tooLarge(414, "The address is longer than 8 KB.");
    if (Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
      return tooLarge(413, "The body is larger than 64 KB.");
    }
    const isFull = open.size >= MAX_UNANSWERED && unanswered() >= MAX_UNANSWERED;
    // Whoever watches over this machine must not take a server that is busy for one that is dead.
    if (isFull && url !== "/api/health") {
      const detail = `${MAX_UNANSWERED} requests wait for their answer. Try again in a moment.`;
      return { status: 503, body: { detail, code: "unavailable" }, retryAfterSeconds: 1 };
    }
    open.add(response);
    response.once("close", () => open.delete(response));
    return null;
  };
}

function tooLarge(status: number, detail: string): Refusal {
  return { status, body: { detail, code: "too_large" } };
}

/**
 * A number of places for all, and a smaller one for each client, so that none takes them all. This
 * machine's own address says nothing about who asks: a proxy on it stands before everybody.
 */
export function createPlaces({ most, each, what }: { most: number; each: number; what: string }) {
  const taken = new Map<string, number>();
  let total = 0;

  return {
    /** Throws where no place is free. The place is free again when what it returns was called. */
    take(address: string): () => void {
      const client = networkOf(address);
      const own = taken.get(client) ?? 0;
      if (own >= each && !LOOPBACK.test(address)) throw busy(each, what);
      if (total >= most) throw full(most, what);
      total += 1;
      taken.set(client, own + 1);
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        total -= 1;
        const left = (taken.get(client) ?? 1) - 1;
        if (left > 0) taken.set(client, left);
        else taken.delete(client);
      };
    },
  };
}

function busy(each: number, what: string): AppError {
  const detail = `${each} ${what} are open from your address, which is the most. Close some, or try again later.`;
  return new AppError("busy", detail, { retryAfterSeconds: RETRY_SECONDS });
}

function full(most: number, what: string): AppError {
  const detail = `${most} ${what} are open, which is the most for all together. Try again later.`;
  return new AppError("unavailable", detail, { retryAfterSeconds: RETRY_SECONDS });
}
