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

type Method = (typeof METHODS)[number] | "HEAD" | "OPTIONS";
const NOT_KEPT = { "cache-control": "no-store" };

type Context = { params: Promise<unknown> };
type Handler = (request: Request, context: Context) => Promise<Response>;
type Handle = (request: Request, params: unknown) => unknown;

/**
 * The handlers of one path, each a function that returns data or throws. A method that is not among
 * them answers 405, in JSON like every other refusal. HEAD is GET without its body.
 */
export function routes(
  handles: Partial<Record<(typeof METHODS)[number], Handle>>,
): Record<Method, Handler> {
  const allowed = METHODS.filter((method) => handles[method]).join(", ");
  const refuse: Handle = (request) =>
    json(
      { detail: `Use ${allowed} here, not ${request.method}.`, code: "invalid" },
      { status: 405, headers: { allow: allowed } },
    );
  const entries = METHODS.map((method) => [method, handler(handles[method] ?? refuse)]);
  const all = Object.fromEntries(entries) as Record<(typeof METHODS)[number], Handler>;
  return {
    ...all,
    HEAD: async (request, context) => withoutBody(await all.GET(request, context)),
    OPTIONS: async () =>
      new Response(null, { status: 204, headers: { ...NOT_KEPT, allow: allowed } }),
  };
}

async function withoutBody({ body, status, headers }: Response): Promise<Response> {
  await body?.cancel();
  return new Response(null, { status, headers });
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
      ...NOT_KEPT,
      "content-disposition": `attachment; filename="${file.fileName}"`,
      "content-length": String(file.size),
      "content-type": "text/plain; charset=utf-8",
    },
  });
}

/** Text that is read in the browser's window, or by a script. */
export function textStream({ size, body }: { size: number; body: ReadableStream<Uint8Array> }) {
  return new Response(body, {
    headers: {
      ...NOT_KEPT,
      "content-length": String(size),
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
  return Response.json(body, { ...init, headers: { ...init.headers, ...NOT_KEPT } });
}

/** Checks what came from outside. A ZodError thrown anywhere else is a bug, and answers 500. */
export function parse<S extends z.ZodMiniType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new AppError("invalid", `${result.error.issues.map(sentence).join("; ")}.`);
}

export function parseQuery<S extends z.ZodMiniType>(schema: S, request: Request): z.output<S> {
  const { searchParams } = new URL(request.url);
  for (const key of searchParams.keys()) {
    if (searchParams.getAll(key).length > 1)
      throw new AppError("invalid", `${key} is given twice.`);
  }
  return parse(schema, Object.fromEntries(searchParams));
}

export async function parseBody<S extends z.ZodMiniType>(
  schema: S,
  request: Request,
): Promise<z.output<S>> {
  return parse(schema, readJson(await readText(request)));
}

/** As `parseBody`; without a body, what the schema makes of an empty object. */
export async function parseOptionalBody<S extends z.ZodMiniType>(
  schema: S,
  request: Request,
): Promise<z.output<S>> {
  const text = await readText(request);
  return parse(schema, text.trim() === "" ? {} : readJson(text));
}

/** Stops reading at the limit, so that no body fills the memory. */
async function readText({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  for (;;) {
    const chunk = await reader?.read().catch(() => {
      throw new AppError("invalid", "The body broke off.");
    });
    if (!chunk || chunk.done) break;
    size += chunk.value.byteLength;
    chunks.push(chunk.value);
    if (size <= MAX_BODY_BYTES) continue;
    await reader?.cancel();
    throw new AppError("invalid", "The body is too large.");
  }
  return Buffer.concat(chunks).toString("utf8");
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
