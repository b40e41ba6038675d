import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => vi.resetModules());
afterEach(() => vi.unstubAllEnvs());

async function openIn(environment: "production" | "development") {
  vi.stubEnv("NODE_ENV", environment);
  return import("./open-paths");
}

const NAMES_OF_DEVELOPMENT = [
  "/_next/static/chunks/%5Broot-of-the-server%5D__0a1b._.js",
  "/_next/static/chunks/node_modules_next_dist_client_0p2~.js?v=1",
  "/__nextjs_font/geist-latin.woff2",
];

test("what Next serves while it is worked on is there for the sign-in page, and no more than that", async () => {
  const { isOpenPath, isPublicFile } = await openIn("development");
  for (const url of NAMES_OF_DEVELOPMENT) expect(isPublicFile(url), url).toBe(true);
  for (const url of ["/", "/api/services", "/__nextjs_original-stack-frames", "/_next/image?url=x"])
    expect(isOpenPath("GET", url), url).toBe(false);
  expect(isOpenPath("POST", "/_next/static/chunks/a.js")).toBe(false);
});

test("a build has plain names, and nothing else is open", async () => {
  const { isPublicFile } = await openIn("production");
  expect(isPublicFile("/_next/static/chunks/0p2~abc.js")).toBe(true);
  for (const url of [NAMES_OF_DEVELOPMENT[0], NAMES_OF_DEVELOPMENT[2], "/_next/static/..%2fapi"])
    expect(isPublicFile(`${url}`), url).toBe(false);
});
