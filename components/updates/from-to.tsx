import { ArrowRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { countOf } from "@/components/services/format";
import { Button } from "@/components/ui/button";
import type { PlanTarget } from "@/lib/client/update-details";
import type { ServiceVersion, UpdatePlan } from "@/lib/contract/updates";
import { AnotherVersion } from "./another-version";
import { formatAge, nameVersion } from "./format";

type FromToProps = {
  plan: UpdatePlan;
  target: PlanTarget;
  version: ServiceVersion | undefined;
};

export function FromTo({ plan, target, version }: FromToProps) {
  const [isChoosing, setIsChoosing] = useState(false);
  const newest = plan.is_downgrade ? undefined : plan.commits[0];
  return (
    <div className="from-to-box">
      <div className="from-to">
        <Version term="Installed" name={plan.from}>
          {installedNote(plan, version)}
        </Version>
        <ArrowRight className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
        <Version term={termOf(plan, target)} name={plan.to}>
          {newest ? `${formatAge(new Date(newest.date))} old` : null}
        </Version>
        {target.back === undefined ? (
          <Button
            size="small"
            aria-expanded={isChoosing}
            onClick={() => setIsChoosing(!isChoosing)}
          >
            Another version
          </Button>
        ) : null}
      </div>
      {isChoosing ? <AnotherVersion name={plan.name} /> : null}
    </div>
  );
}

type VersionProps = { term: string; name: string | null; children: ReactNode };

function Version({ term, name, children }: VersionProps) {
  return (
    <p className="from-to-version">
      <span className="second-line">{term}</span>
      <strong>{name === null ? "not known" : nameVersion(name)}</strong>
      <span className="second-line">{children}</span>
    </p>
  );
}

function termOf({ is_downgrade }: UpdatePlan, { to, back }: PlanTarget) {
  if (back !== undefined) return "What was there before";
  if (is_downgrade) return "An older version";
  return to === undefined ? "Newest" : "Chosen";
}

function installedNote(plan: UpdatePlan, version: ServiceVersion | undefined) {
  const ahead = version?.commits_ahead ?? 0;
  if (ahead > 0) return `${countOf(ahead, "commit")} of your own`;
  if (plan.is_downgrade || plan.commits_total === 0) return null;
  return `${countOf(plan.commits_total, "commit")} behind`;
}
