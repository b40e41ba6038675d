import { performScan, type ScanJob } from "@/lib/server/adapters/log-scan-job";

/** Does the one search that it is told over IPC, answers, and ends. */
process.once("message", (job: ScanJob) => {
  process.send?.(performScan(job), () => process.exit(0));
});
// Nobody waits for the answer any more.
process.once("disconnect", () => process.exit(0));
