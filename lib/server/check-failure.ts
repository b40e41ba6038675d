import { type Ask, DeadlineError, withDeadline } from "./answers";
import { AppError } from "./errors";
import type { Installed } from "./installed";
import { redact } from "./redact";

const LONGEST = 300;

/** Why a source could not be asked, as one line that names it. */
export function sayCheckFailure(failure: unknown, installed: Installed): string {
  const source = nameOfSource(installed);
  if (failure instanceof DeadlineError) return `${source} did not answer in ${failure.seconds} s.`;
  const sentence = sayFailure(failure);
  if (sentence === null) return `${source} could not be asked. ControlPilot's err log says why.`;
  return installed.kind === "git" ? `${source} could not be asked: ${sentence}` : sentence;
}

/** In words, without secrets; null for a bug, whose words are for the log only. */
export function sayFailure(failure: unknown): string | null {
  if (!(failure instanceof AppError)) return null;
  return redact(failure.message).replaceAll(/\s+/g, " ").trim().slice(0, LONGEST);
}

/** Asks the source of a service; `unavailable`, by its name, where it does not answer in time. */
export async function askSource<T>(
  installed: Installed,
  ask: Ask<T>,
  deadlineMs: number,
): Promise<T> {
  try {
    return await withDeadline(ask, deadlineMs);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    const sentence = `${nameOfSource(installed)} did not answer in ${error.seconds} s. Try again later.`;
    throw new AppError("unavailable", sentence, { cause: error });
  }
}

function nameOfSource(installed: Installed): string {
  if (installed.kind === "pip") return "The package index";
  return hostOf(installed.checkout.remoteUrl) ?? "The remote";
}

/** "github.com" of https://user@github.com/x/y and of git@github.com:x/y; the path of one on the disk. */
export function hostOf(remoteUrl: string | null): string | null {
  if (!remoteUrl) return null;
  const [, host] =
    remoteUrl.match(/^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/:]+)/i) ??
    remoteUrl.match(/^(?:[^@/]+@)?([^/:]+):(?!\/\/)/) ??
    [];
  return host ?? redact(remoteUrl);
}
