import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

const root = fileURLToPath(new URL(".", import.meta.url));

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: root,
  turbopack: {
    root,
    // The server opens files whose names no build can know; scripts/build.mjs keeps the sources out.
    ignoreIssue: [{ path: "**", title: /Dynamic filesystem access/ }],
  },
  typedRoutes: true,
  poweredByHeader: false,
  // An address with a slash at its end is another address; scripts get our own 404 for it.
  skipTrailingSlashRedirect: true,
  // One static page for all of them: scripts of a page made for each request would need a nonce.
  rewrites: async () => [{ source: "/services/:name/log", destination: "/logs" }],
  // Next lets shared caches keep pages for a year; after an update they must be asked for anew.
  headers: async () => [
    {
      source: "/:page((?!_next/static|api(?:/|$)).*)",
      headers: [{ key: "Cache-Control", value: "no-cache" }],
    },
  ],
  images: { unoptimized: true },
  // sharp is 19 MB that nothing here uses.
  outputFileTracingExcludes: Object.fromEntries(
    ["*", "next-server", "/*"].map((key) => [
      key,
      ["node_modules/sharp/**", "node_modules/@img/**"],
    ]),
  ),
};

export default config;
