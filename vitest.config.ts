import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL(".", import.meta.url)) } },
  test: {
    environment: "node",
    include: ["{app,bin,components,lib,scripts,supervisor}/**/*.test.{ts,tsx}"],
    globalSetup: ["./vitest.temporary.ts"],
    setupFiles: ["./vitest.setup.ts"],
    // Most of the time is waiting for other programs.
    maxWorkers: Math.max(4, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
