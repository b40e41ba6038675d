import type { ErrorBody, ErrorCode } from "@/lib/contract/errors";
import { goSignIn } from "./sign-in";

/** `code` is "unreachable" where no answer came at all: ControlPilot or the way to it is down. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: ErrorCode | "unreachable",
    message: string,
    /** Before this time, in milliseconds, it makes no sense to ask again. */
    readonly retryAt: number | null = null,
  ) {
    super(message);
  }
}

/**
 * Asks ControlPilot. Its answers are those of the contract and are not checked again: the schemas
 * would be an eighth of all that the page loads.
 */
export async function request<Answer>(path: string, init?: RequestInit): Promise<Answer> {
  const response = await ask(path, init);
  const body: unknown = await response.json().catch(() => null);
  if (response.ok && body !== null) return body as Answer;
  throw failureOf(response, body);
}

async function ask(path: string, init?: RequestInit): Promise<Response> {
  return await fetch(path, init).catch((cause: unknown) => {
    if (init?.signal?.aborted) throw cause;
    throw new ApiError("unreachable", "ControlPilot does not answer.");
  });
}

function failureOf(response: Response, body: unknown): ApiError {
  if (isErrorBody(body)) return refusalOf(response, body);
  return new ApiError("internal", `The server answered ${response.status}.`);
}

/** What ControlPilot itself says. Where nobody is signed in any more, the page leaves for the sign-in. */
export function refusalOf({ headers }: Response, { code, detail }: ErrorBody): ApiError {
  if (code === "unauthorized") goSignIn();
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return new ApiError(code, detail, seconds >= 0 ? Date.now() + seconds * 1000 : null);
}

/** A proxy in between answers with pages of its own. */
function isErrorBody(body: unknown): body is ErrorBody {
  return typeof body === "object" && body !== null && "detail" in body && "code" in body;
}

export function postJson(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}
