import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { access } from "node:fs/promises";
import { AppError } from "../errors";

/** What a process of its own is to do with a job. */
export type JobErrand = "run" | "recover";

/**
 * Starts the program that works on update jobs, in a session of its own: it lives on when the web
 * server is stopped with its whole process group. What it says outside the job's output, a crash for
 * example, goes to `stderrPath`.
 */
export function createJobProcess(program: string) {
  return {
    async launch(
      errand: JobErrand,
      job: { name: string; id: string; stderrPath: string },
    ): Promise<void> {
      try {
        await access(program);
        const stderr = openSync(job.stderrPath, "a", 0o600);
        const child = spawn(process.execPath, [program, errand, job.name, job.id], {
          detached: true,
          stdio: ["ignore", stderr, stderr],
        });
        await once(child, "spawn");
        child.unref();
      } catch (cause) {
        const message = "The process that does an update cannot be started. Is the build whole?";
        throw new AppError("conflict", message, { cause });
      }
    },
  };
}
