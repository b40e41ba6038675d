import * as z from "zod/mini";
import { Caller } from "@/lib/contract/access";
import type { ErrorBody, ErrorCode } from "@/lib/contract/errors";
import type { ActivityLog, Note } from "./activity";
import { cameThroughDoor } from "./door-mark";
import { AppError } from "./errors";
import { MAX_BODY_BYTES } from "./limits";
import { limitDownload } from "./limits-downloads";

z.config(z.locales.en());

const STATUS: Record<ErrorCode, number> = {
  invalid: 400,
  too_large: 413,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  busy: 429,
  internal: 500,
  unavailable: 503,
};
/** What is sent beyond the limit is thrown away, so that its sender gets to read the answer. */
const MAX_DISCARDED_BYTES = 4 * 1024 * 1024;
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

type Method = (typeof METHODS)[number] | "HEAD" | "OPTIONS";
const STARTING = [
  "ControlPilot has only just started: ask again.",
  { retryAfterSeconds: 1 },
] as const;
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
      if (!cameThroughDoor(request.headers)) throw new AppError("unavailable", ...STARTING);
      const result = await handle(request, await context.params);
      return result instanceof Response ? result : json(result);
    } catch (error) {
      const body = describe(error);
      return json(body, { status: STATUS[body.code], headers: headersOf(error) });
    }
  };
}

function headersOf(error: unknown): Record<string, string> {
  if (!(error instanceof AppError)) return {};
  const { code, retryAfterSeconds } = error;
  // What is still on its way must not be waited for.
  if (code === "too_large") return { connection: "close" };
  return retryAfterSeconds === null ? {} : { "retry-after": String(retryAfterSeconds) };
}

/** The front door tells the routes in it who asks; from outside it never comes in. */
export const CALLER_HEADER = "x-controlpilot-caller";

/** Who asks. Throws where the front door has not let the request in. */
export function callerOf({ headers }: Request): Caller {
  return Caller.parse(JSON.parse(headers.get(CALLER_HEADER) ?? "null"));
}

/** What the browser says of itself. */
export function agentOf({ headers }: Request): string | undefined {
  return headers.get("user-agent") ?? undefined;
}

/**
 * A handler that does something which is written into the audit: it notes what, as soon as it knows. Who
 * asked and how it went is added.
 */
export function audited(
  app: () => { activity: Pick<ActivityLog, "audit"> },
  handle: (request: Request, params: unknown, note: Note) => unknown,
): Handle {
  return (request, params) =>
    app().activity.audit(callerOf(request), (note) => handle(request, params, note));
}

/** The answer of a request whose work goes on. */
export function accepted(body: unknown): Response {
  return json(body, { status: 202 });
}

/** Data, and what the browser is to hold from now on. */
export function withCookie({ body, cookie }: { body: unknown; cookie: string }): Response {
  return json(body, { headers: { "set-cookie": cookie } });
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

/** An answer that may be large, and slowly taken: so many at a time for each client, and in total. */
export function download(request: Request, response: Response): Promise<Response> {
  return limitDownload({ request, address: callerOf(request).address }, response);
}

/** A download whose size is known only at its end. */
export function archiveFile(file: { body: ReadableStream<Uint8Array>; fileName: string }) {
  return new Response(file.body, {
    headers: {
      ...NOT_KEPT,
      "content-disposition": `attachment; filename="${file.fileName}"`,
      "content-type": "application/gzip",
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

/** Keeps no more than the limit, so that no body fills the memory. */
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
    if (size <= MAX_BODY_BYTES) chunks.push(chunk.value);
    if (size <= MAX_DISCARDED_BYTES) continue;
    await reader?.cancel();
    break;
  }
  if (size > MAX_BODY_BYTES) throw new AppError("too_large", "The body is larger than 64 KB.");
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
