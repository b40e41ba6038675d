#!/usr/bin/env node
// npm start: see `npm start -- --help`.
import { assertNodeVersion, runMain } from "./setup/entry.mjs";

assertNodeVersion();
// Only now: these use what an old Node does not have.
const { start } = await import("./setup/start.mjs");
await runMain(start);
