import { AppError } from "../errors";
import type { GitCommand } from "./git-command";

/** The first that takes settings from the environment and tells absolute paths. */
const NEEDED = [2, 31] as const;

let isKnownNewEnough = false;

/** Throws `unavailable` where the git of this machine is too old. One that is not is asked once. */
export async function requireVersion(git: GitCommand): Promise<void> {
  if (isKnownNewEnough) return;
  const answer = await git.text("/", ["version"]);
  const [, major, minor] = (/(\d+)\.(\d+)/.exec(answer) ?? []).map(Number);
  if (major !== undefined && minor !== undefined && isOlder(major, minor)) {
    const needed = `git ${NEEDED.join(".")} or newer is needed`;
    throw new AppError("unavailable", `${needed}; this machine has ${major}.${minor}.`);
  }
  isKnownNewEnough = true;
}

function isOlder(major: number, minor: number): boolean {
  return major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
}
