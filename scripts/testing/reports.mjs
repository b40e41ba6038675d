import { readFileSync } from "node:fs";

/** @typedef {import("./run.mjs").Counts} Counts */

/** A test file that does not load counts as one failed test. @param {string} path @returns {Counts} */
export function countVitest(path) {
  const report = read(path);
  if (!report) return { passed: 0, failed: 0 };
  const broken = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
      file.status === "failed" && file.assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

/** @param {string} path @returns {Counts} */
export function countPlaywright(path) {
  const report = read(path);
  if (!report) return { passed: 0, failed: 0 };
  const { expected, flaky, unexpected } = report.stats;
  return { passed: expected + flaky, failed: unexpected };
}

/** Nothing where the tool ended before it wrote one. @param {string} path */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
