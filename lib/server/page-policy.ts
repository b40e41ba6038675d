import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;

/** The `script-src` hashes of every inline script in the prerendered pages under `dir`. */
export async function hashInlineScripts(dir: string): Promise<string[]> {
  const files = await readdir(dir, { recursive: true });
  const pages = files.filter((file) => file.endsWith(".html"));
  const texts = await Promise.all(pages.map((page) => readFile(join(dir, page), "utf8")));
  const scripts = texts.flatMap((text) =>
    [...text.matchAll(INLINE_SCRIPT)].map(([, body]) => body ?? ""),
  );
  const hashes = scripts.map(
    (body) => `'sha256-${createHash("sha256").update(body).digest("base64")}'`,
  );
  return [...new Set(hashes)].sort();
}

/** Short enough for scripts and styles, too: no other site's page shows or includes what is here. */
export const FILE_HEADERS = {
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** Sent with every other answer. The scripts are those of the build; nothing may be loaded from elsewhere. */
export function pageHeaders(scriptSources: string[]): Record<string, string> {
  const policy = [
    "default-src 'self'",
    ["script-src 'self'", ...scriptSources].join(" "),
    // Libraries set styles on elements; a style cannot run anything.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    ...FILE_HEADERS,
  };
}
