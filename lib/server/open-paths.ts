import { readdirSync } from "node:fs";
import { join } from "node:path";

const READ: readonly string[] = ["GET", "HEAD"];
/** What the build has made: names without anything that could lead elsewhere. In development they hold all sorts. */
const BUILT_FILE =
  process.env.NODE_ENV === "development"
    ? /^\/(?:_next\/static|__nextjs_font)\//
    : /^\/_next\/static\/(?:[\w~-][\w.~-]*\/)*[\w~-][\w.~-]*$/;
const HEALTH = "/api/health";
const SIGN_IN_PAGE = "/login";
const SESSION = "/api/session";

/** Files that anybody may have, beside those of public/: they hold nothing of this machine. */
const files = new Set([HEALTH, SIGN_IN_PAGE, "/icon.svg", ...publicFiles()]);

/** The same for everybody, whoever asks. */
export function isPublicFile(url: string): boolean {
  const path = pathOf(url);
  return files.has(path) || BUILT_FILE.test(path);
}

/**
 * What is there for those who are not signed in. Judged by the letter: however else Next may be
 * brought to the same route, it is closed.
 */
export function isOpenPath(method: string, url: string): boolean {
  if (pathOf(url) === SESSION) return [...READ, "POST", "DELETE", "OPTIONS"].includes(method);
  return READ.includes(method) && isPublicFile(url);
}

/** A person's browser goes to an address; a script's answer is data. */
export function wantsPage(method: string, url: string): boolean {
  return READ.includes(method) && /^\/(?![/\\]|api(?:[/?]|$))/i.test(url);
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? "";
}

function publicFiles(): string[] {
  const folder = join(process.cwd(), "public");
  try {
    return readdirSync(folder).map((name) => `/${name}`);
  } catch {
    // A checkout that holds none.
    return [];
  }
}
