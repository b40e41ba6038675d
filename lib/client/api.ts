import type * as z from "zod/mini";
import { ErrorBody, type ErrorCode } from "@/lib/contract/errors";

/** `code` is "unreachable" where no answer came at all: ControlPilot or the way to it is down. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly code: ErrorCode | "unreachable",
    message: string,
  ) {
    super(message);
  }
}

export async function request<S extends z.ZodMiniType>(
  schema: S,
  path: string,
  init?: RequestInit,
): Promise<z.output<S>> {
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (init?.signal?.aborted) throw cause;
    throw new ApiError("unreachable", "ControlPilot does not answer.");
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return schema.parse(body);
  const failure = ErrorBody.safeParse(body);
  if (failure.success) throw new ApiError(failure.data.code, failure.data.detail);
  throw new ApiError("internal", `The server answered ${response.status}.`);
}

export function postJson(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}
