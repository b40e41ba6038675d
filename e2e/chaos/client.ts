/** "No lock blocks": nothing that is asked for takes so long, whatever was killed before. */
const DEADLINE_MS = 30_000;

/** The server went away before it had answered: what was asked for may be done, or not. */
export class LostError extends Error {}

export type Answer = { status: number; headers: Headers; body: unknown };
export type Wish = { method?: string; body?: unknown; headers?: Record<string, string> };
export type Ask = (path: string, wish?: Wish) => Promise<Answer>;

/** Throws where an answer is a fault of the server, or does not come. */
export function createClient(url: string): Ask {
  return async (path, { method = "GET", body, headers = {} } = {}) => {
    const asked = `${method} ${path}`;
    const {
      status,
      headers: told,
      text,
    } = await send(asked, `${url}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (status >= 500 && status !== 503) throw new Error(`${asked} answered ${status}: ${text}`);
    const isJson = told.get("content-type")?.includes("application/json") ?? false;
    return { status, headers: told, body: isJson ? JSON.parse(text) : text };
  };
}

async function send(asked: string, url: string, init: RequestInit) {
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(DEADLINE_MS) });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch (cause) {
    throw lostOrLate(asked, cause);
  }
}

/** Takes so many pieces of an answer that has no end. */
export async function listen(url: string, headers: Record<string, string>, pieces: number) {
  try {
    const { body } = await fetch(url, { headers, signal: AbortSignal.timeout(DEADLINE_MS) });
    const reader = body?.getReader();
    for (let taken = 0; reader && taken < pieces; taken++) if ((await reader.read()).done) break;
    await reader?.cancel();
  } catch (cause) {
    throw lostOrLate(url, cause);
  }
}

function lostOrLate(asked: string, cause: unknown): Error {
  const isLate = cause instanceof Error && cause.name === "TimeoutError";
  if (!isLate) return new LostError(asked, { cause });
  return new Error(`${asked} was not answered within ${DEADLINE_MS} ms.`);
}

/** Null where the server went away before it had answered. */
export async function unlessLost<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LostError) return null;
    throw error;
  }
}
