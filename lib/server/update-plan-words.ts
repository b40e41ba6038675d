import { formatBytes } from "./update-disk";
import type { CheckoutFacts, PlanFacts } from "./update-plan-facts";

const ABORT: Record<string, string> = { bisect: "git bisect reset" };

/** Why it cannot start, each with a way out. */
export function sayBlockers(facts: PlanFacts, neededBytes: number): string[] {
  return [
    sayAbsent(facts),
    facts.configError,
    ...sayBusy(facts),
    facts.change.targetError,
    facts.checkout && sayCheckout(facts.checkout, facts),
    sayDisk(facts, neededBytes),
  ].filter((sentence) => sentence !== null);
}

function sayAbsent({ installed, display, expectedAt }: PlanFacts): string | null {
  if (installed) return null;
  return `${display} is not installed: there is nothing at ${expectedAt}. Install it there first.`;
}

function sayBusy({ isBusy, display, sharers }: PlanFacts): string[] {
  const wayOut = "Wait for its end, or cancel it.";
  const own = isBusy ? [`An update of ${display} is running. ${wayOut}`] : [];
  const others = sharers
    .filter((other) => other.isBusy)
    .map((other) => `${other.display} is being updated in the same Python environment. ${wayOut}`);
  return [...own, ...others];
}

function sayCheckout({ dir, hasRemote, operation }: CheckoutFacts, { change }: PlanFacts) {
  if (operation !== null) {
    const abort = ABORT[operation] ?? `git ${operation} --abort`;
    return `A ${operation} was begun in ${dir}. Finish it, or give it up with "${abort}".`;
  }
  if (hasRemote || change.target || change.targetError) return null;
  return `${dir} has no remote to update from. Add one with "git remote add origin".`;
}

function sayDisk({ freeBytes, installed }: PlanFacts, neededBytes: number): string | null {
  if (!installed || freeBytes === null || freeBytes >= neededBytes) return null;
  const [needed, free] = [formatBytes(neededBytes), formatBytes(freeBytes)];
  return `It needs about ${needed}, and ${free} are free. Make room on the disk first.`;
}

/** What is worth knowing before. */
export function sayNotes(facts: PlanFacts): string[] {
  const { change, display, service, snapshot } = facts;
  if (facts.installed === null) return [];
  const notes = [
    facts.mends && `The last update of ${display} ended half done. This mends it.`,
    facts.failedBefore && `The last try to get there failed: ${facts.failedBefore}`,
    change.isDowngrade &&
      change.commitsTotal > 0 &&
      "It goes back: the commits listed are taken away.",
    sayKeptCommits(facts),
    change.packagesError &&
      `Which packages change will be known only when it runs: ${change.packagesError}`,
    snapshot?.database &&
      `Its database goes back to ${snapshot.takenAt} if the newer version has changed its layout; the one of now is kept beside it.`,
    service === null && "supervisord cannot be asked whether it runs.",
    service?.restartable &&
      !facts.restartAfterUpdate &&
      `restart_after_update is off: the old version runs on until you restart ${display}.`,
  ];
  return notes.filter((note) => typeof note === "string");
}

/** At most one line, as it stands among the files that would be overwritten. */
export function sayOwnCommits({ change, checkout }: PlanFacts): string[] {
  if (change.ownCommits === 0) return [];
  return [`${countCommits(change.ownCommits)} on ${checkout?.branch ?? "no branch"}`];
}

function sayKeptCommits(facts: PlanFacts): string | null {
  const { ownCommits } = facts.change;
  if (ownCommits === 0) return null;
  const they = ownCommits === 1 ? "It is" : "They are";
  return `${facts.checkout?.branch} has ${countCommits(ownCommits)} that the target does not have. ${they} kept on the branch of your edits.`;
}

function countCommits(count: number): string {
  return count === 1 ? "1 own commit" : `${count} own commits`;
}
