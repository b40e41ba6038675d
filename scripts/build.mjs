#!/usr/bin/env node
// npm run build: the web server, whole in .next/standalone. `--bin-only`: just the programs of bin/, for development.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashSources, writeStamp } from "./setup/build-stamp.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const standalone = join(root, ".next", "standalone");
/** Of what Next puts into it. */
const NEEDED = new Set([".next", "node_modules", "package.json", "server.js"]);

if (process.argv.includes("--bin-only")) {
  await bundlePrograms();
} else {
  const hash = hashSources(root);
  rmSync(standalone, { recursive: true, force: true });
  buildPages();
  await bundlePrograms();
  assemble();
  writeStamp(root, hash);
}

function buildPages() {
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const { status } = spawnSync(process.execPath, [next, "build"], {
    cwd: root,
    stdio: "inherit",
    env,
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** What runs outside the web server: one file each, which needs no node_modules. */
async function bundlePrograms() {
  const { build } = await import("esbuild");
  const outdir = join(root, "dist", "bin");
  rmSync(outdir, { recursive: true, force: true });
  const names = existsSync(join(root, "bin")) ? readdirSync(join(root, "bin")) : [];
  await build({
    absWorkingDir: root,
    entryPoints: names.filter((name) => /(?<!\.test)\.ts$/.test(name)).map((name) => `bin/${name}`),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
    // Packages in CommonJS form call require(), which an ES module does not have.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
}

/** Next takes the whole checkout along, and leaves out what it expects a web server or a CDN to serve. */
function assemble() {
  for (const entry of readdirSync(standalone)) {
    if (!NEEDED.has(entry)) rmSync(join(standalone, entry), { recursive: true });
  }
  const copies = {
    ".next/static": ".next/static",
    public: "public",
    "dist/bin": "dist/bin",
    "scripts/apps.json": "scripts/apps.json",
  };
  for (const [from, to] of Object.entries(copies)) {
    if (existsSync(join(root, from)))
      cpSync(join(root, from), join(standalone, to), { recursive: true });
  }
}
