import type { UpdatePlan } from "@/lib/contract/updates";
import { AppError } from "./errors";
import type { PlanRequest, UpdateFacts } from "./update-facts";
import { planUpdate } from "./update-plan";
import type { ExactTarget } from "./update-record";

/** What an update or a rollback would do, for people and for the job that then does it. */
export function createUpdatePlans({ gather }: Pick<UpdateFacts, "gather">) {
  return {
    plan: async (name: string, request: PlanRequest): Promise<UpdatePlan> =>
      planUpdate(await gather(name, request)),

    /**
     * The same with what only a job needs: the exact target, and the files of `overwritten`, which
     * also holds a line for own commits. Throws `conflict` with the blockers where there are any.
     */
    async planJob(
      name: string,
      request: PlanRequest,
    ): Promise<{ plan: UpdatePlan; target: ExactTarget; overwrittenFiles: string[] }> {
      const facts = await gather(name, request);
      const plan = planUpdate(facts);
      const { target, overwrittenFiles } = facts.change;
      if (plan.blockers.length > 0 || target === null)
        throw new AppError(
          "conflict",
          plan.blockers.join(" ") || `${name} has no version to go to.`,
        );
      return { plan, target, overwrittenFiles };
    },
  };
}
