import { readEnv } from "@/lib/server/env";
import { createUpdateProgram } from "@/lib/server/programs/update-program";

/** update-job.mjs run|recover SERVICE JOB: does one update job, or brings one that was cut off to its end. */
const [errand, name = "", id = ""] = process.argv.slice(2);
if (errand !== "run" && errand !== "recover")
  throw new Error(`${errand} is neither run nor recover`);

// The record on disk says where the job is: a process that is asked to end may end at any point.
await createUpdateProgram(readEnv()).work.perform(errand, name, id);
process.exit(0);
