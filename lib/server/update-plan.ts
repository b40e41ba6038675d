import type { UpdatePlan } from "@/lib/contract/updates";
import { estimateBytes } from "./update-disk";
import type { PlanFacts } from "./update-plan-facts";
import { sayBlockers, sayNotes, sayOwnCommits } from "./update-plan-words";

/**
 * What an update would do. Pure. Own commits that the branch would leave stand first in
 * `overwritten`, as "3 own commits on master": they too need the user's word to be kept on a branch.
 */
export function planUpdate(facts: PlanFacts): UpdatePlan {
  const { installed, change, checkout, service } = facts;
  const { target } = change;
  const isThere = installed !== null && target !== null && installed.exact === target.exact;
  const needed = estimateBytes(change.disk);
  return {
    name: facts.name,
    source: facts.source,
    from: installed?.label ?? null,
    to: target?.label ?? null,
    target: target?.exact ?? null,
    nothing_to_do: isThere && !facts.mends && !changesPackages(facts),
    is_downgrade: change.isDowngrade,
    commits_total: change.commitsTotal,
    commits: change.commits,
    requirements_changed: change.requirementsChanged,
    requirements_diff: change.requirementsDiff,
    packages: change.disk.packages && [...change.disk.packages],
    submodules_changed: change.submodulesChanged,
    web_ui_is_built: change.buildsWebUi,
    disk: { needed_bytes: needed, free_bytes: facts.freeBytes },
    local_changes: checkout?.localChanges ?? [],
    overwritten: [...sayOwnCommits(facts), ...change.overwrittenFiles],
    shares_venv_with: facts.sharers.map(({ name, display, running }) => ({
      name,
      display,
      running,
    })),
    restarts: facts.restartAfterUpdate && service?.restartable === true,
    runs_now: service?.running === true,
    policy: facts.policy,
    blockers: sayBlockers(facts, needed),
    notes: sayNotes(facts),
  };
}

/** A rollback puts back packages also where the commit is the same. */
function changesPackages({ change, snapshot }: PlanFacts): boolean {
  return snapshot !== null && change.disk.packages?.length !== 0;
}
