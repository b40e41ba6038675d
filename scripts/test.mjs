#!/usr/bin/env node
// npm test: installs what is missing, then checks everything. The last line is "N passed, N failed".
import { assertNodeVersion, runMain } from "./setup/entry.mjs";

assertNodeVersion();
const { test } = await import("./testing/run.mjs");
await runMain(test);
