import { CircleCheck } from "lucide-react";
import { Commits } from "./commits";
import { FromTo } from "./from-to";
import { PlanChanges } from "./plan-changes";
import { PlanNotices } from "./plan-notices";
import type { PlanProps } from "./plan-panel";
import { PolicyChoice } from "./policy-choice";

export function PlanBody(props: PlanProps) {
  const { plan, target, version, choices, onChoices } = props;
  return (
    <>
      <FromTo plan={plan} target={target} version={version} />
      <PlanNotices {...props} />
      {plan.nothing_to_do ? (
        <p className="nothing-to-do">
          <CircleCheck strokeWidth={1.75} aria-hidden="true" />
          {target.to === undefined
            ? "This is the newest version. There is nothing to do."
            : "This version is installed. There is nothing to do."}
        </p>
      ) : (
        <>
          <Commits plan={plan} />
          <PlanChanges {...props} />
        </>
      )}
      {target.back === undefined ? (
        <PolicyChoice
          plan={plan}
          value={choices.policy}
          onChange={(policy) => onChoices({ ...choices, policy })}
        />
      ) : null}
    </>
  );
}
