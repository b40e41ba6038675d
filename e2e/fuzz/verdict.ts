import { ErrorBody } from "../../lib/contract/errors";
import type { Answer } from "./client";
import type { FuzzRequest } from "./requests";

export type Rights = "full" | "read" | "none";

const LOOKING = ["GET", "HEAD", "OPTIONS"];
/** A stack, or a place in our own code. */
const INSIDES = /\n\s+at |node_modules|\.next\/|webpack/;
/** What is there for those who are not signed in. */
const OPEN = ["/api/health", "/api/session"];

/** What is wrong with an answer; null where it may be so. */
export function faultOf(request: FuzzRequest, answer: Answer, rights: Rights): string | null {
  const { status, body } = answer;
  const isApi = /^\/api(?:[/?]|$)/.test(request.target);
  const isTelling = INSIDES.test(body ?? "") || body?.includes(process.cwd());
  if (status >= 400 && isTelling) return "It tells of its insides.";
  if (status >= 500 && !isIntended(request, answer)) return "A request may not make it fail.";
  if (!isApi) return null;
  if (status >= 400 && request.method !== "HEAD" && codeOf(answer) === null)
    return "An error of the API is { detail, code }.";
  // Next's own, which leads to the same address once more.
  if (status === 307) return null;
  if (!answer.headers["cache-control"]?.includes("no-store")) return "It may be kept in a cache.";
  if (isDone(answer) && !mayDo(request, rights)) return "This caller may not do that.";
  return null;
}

/** It says by itself that it cannot now. */
function isIntended({ method }: FuzzRequest, answer: Answer): boolean {
  return answer.status === 503 && (method === "HEAD" || codeOf(answer) === "unavailable");
}

export function isDone({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

function mayDo({ method, target }: FuzzRequest, rights: Rights): boolean {
  if (rights === "full" || method === "OPTIONS") return true;
  if (OPEN.includes(target.split("?", 1)[0] ?? "")) return true;
  return rights === "read" && LOOKING.includes(method);
}

/** Of our own way to say no; null where it is another one. */
function codeOf({ headers, body }: Answer): string | null {
  if (!headers["content-type"]?.startsWith("application/json") || body === null) return null;
  try {
    return ErrorBody.parse(JSON.parse(body)).code;
  } catch {
    return null;
  }
}
