import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { access } from "node:fs/promises";
import { AppError } from "../errors";

/** Marks every program that a job runs, so that what a killed job left running can be found. */
export const JOB_MARK = "CONTROLPILOT_JOB";

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
      let stderr: number | null = null;
      try {
        await access(program);
        stderr = openSync(job.stderrPath, "a", 0o600);
        const child = spawn(process.execPath, [program, errand, job.name, job.id], {
          detached: true,
          stdio: ["ignore", stderr, stderr],
        });
        await once(child, "spawn");
        child.unref();
      } catch (cause) {
        const message =
          "The program that does updates cannot be started: ControlPilot is not installed whole.";
        throw new AppError("conflict", message, { cause });
      } finally {
        if (stderr !== null) closeSync(stderr);
      }
    },
  };
}
