#!/usr/bin/env node
// find-app.mjs NAME: prints where the app of a service is, its host, its port, its name for people and the path it is
// expected at, a line each. The first line is empty, and the exit code 1, where the app is absent.
import { lookUp } from "./setup/apps.mjs";

try {
  const { path, host, port, display, expected } = lookUp(process.argv[2] ?? "");
  console.log([path ?? "", host, port, display, expected].join("\n"));
  process.exitCode = path === null && expected !== "" ? 1 : 0;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
