import * as z from "zod/mini";
import type { ErrorBody, ErrorCode } from "@/lib/contract/errors";
import { AppError } from "./errors";

z.config(z.locales.en());

const STATUS: Record<ErrorCode, number> = {
  invalid: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  internal: 500,
  unavailable: 503,
};
const MAX_BODY_BYTES = 64 * 1024;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

type Method = (typeof METHODS)[number];
type Context = { params: Promise<unknown> };
type Handler = (request: Request, context: Context) => Promise<Response>;
type Handle = (request: Request, params: unknown) => unknown;

/**
 * The handlers of one path, each a function that returns data or throws. A method that is not among
 * them answers 405, in JSON like every other refusal.
 */
export function routes(handles: Partial<Record<Method, Handle>>): Record<Method, Handler> {
  const allowed = METHODS.filter((method) => handles[method]);
  const refuse: Handle = (request) =>
    json(
      { detail: `Use ${allowed.join(" or ")} here, not ${request.method}.`, code: "invalid" },
      { status: 405, headers: { allow: allowed.join(", ") } },
    );
  const entries = METHODS.map((method) => [method, handler(handles[method] ?? refuse)]);
  return Object.fromEntries(entries) as Record<Method, Handler>;
}

function handler(handle: Handle): Handler {
  return async (request, context) => {
    try {
      const result = await handle(request, await context.params);
      return result instanceof Response ? result : json(result);
    } catch (error) {
      const body = describe(error);
      return json(body, { status: STATUS[body.code] });
    }
  };
}

/** The answer of a request whose work goes on. */
export function accepted(body: unknown): Response {
  return json(body, { status: 202 });
}

/** A download that the browser saves under `fileName`. */
export function textFile(file: {
  size: number;
  body: ReadableStream<Uint8Array>;
  fileName: string;
}) {
  return new Response(file.body, {
    headers: {
      "cache-control": "no-store",
      "content-disposition": `attachment; filename="${file.fileName}"`,
      "content-length": String(file.size),
      "content-type": "text/plain; charset=utf-8",
    },
  });
}

export function unknownPath(request: Request): never {
  throw new AppError("not_found", `There is nothing at ${new URL(request.url).pathname}.`);
}

function json(
  body: unknown,
  init: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return Response.json(body, {
    ...init,
    headers: { ...init.headers, "cache-control": "no-store" },
  });
}

/** Checks what came from outside. A ZodError thrown anywhere else is a bug, and answers 500. */
export function parse<S extends z.ZodMiniType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError("invalid", `${result.error.issues.map(sentence).join("; ")}.`);
}

export function parseQuery<S extends z.ZodMiniType>(schema: S, request: Request): z.output<S> {
  return parse(schema, Object.fromEntries(new URL(request.url).searchParams));
}

export async function parseBody<S extends z.ZodMiniType>(
  schema: S,
  request: Request,
): Promise<z.output<S>> {
  const text = await request.text();
  if (text.length > MAX_BODY_BYTES) throw new AppError("invalid", "The body is too large.");
  return parse(schema, readJson(text));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("invalid", "The body is not JSON.");
  }
}

function sentence({ path, message }: { path: PropertyKey[]; message: string }): string {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}

function describe(error: unknown): ErrorBody {
  if (error instanceof AppError) return { detail: error.message, code: error.code };
  // biome-ignore lint/suspicious/noConsole: stderr is where supervisord collects our log.
  console.error(error);
  return {
    detail: "Something went wrong in ControlPilot. Its err log has the details.",
    code: "internal",
  };
}
