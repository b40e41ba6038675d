import { useId } from "react";
import type { UpdatePlan, UpdatePolicy } from "@/lib/contract/updates";
import { shortVersion } from "./format";

type PolicyChoiceProps = {
  plan: UpdatePlan;
  value: UpdatePolicy;
  onChange: (policy: UpdatePolicy) => void;
};

const policies: readonly UpdatePolicy[] = ["pinned", "follow", "manual"];
const words = {
  pinned: "Install exactly this version",
  follow: "Install the newest at every boot",
  manual: "Leave what the image brings",
};

export function PolicyChoice({ plan, value, onChange }: PolicyChoiceProps) {
  const id = useId();
  return (
    <fieldset className="plan-section policy">
      <legend>When the container is created again</legend>
      {policies.map((policy) => (
        <label key={policy}>
          <input
            type="radio"
            className="radio"
            name={id}
            checked={policy === value}
            onChange={() => onChange(policy)}
          />
          <span>
            {words[policy]}
            {policy === "pinned" ? (
              <span className="second-line block">
                Pinned to {shortVersion(plan.to ?? plan.from)}; nothing newer comes without you
              </span>
            ) : null}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
