import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { SignIcon } from "@/components/services/lamp";
import { Button } from "@/components/ui/button";
import { useMay } from "@/lib/client/session";
import { closeUpdate, type OpenUpdate } from "@/lib/client/update-address";
import { type PlanTarget, updatePlanQuery } from "@/lib/client/update-details";
import type { Service } from "@/lib/contract/services";
import type { ServiceVersion, UpdatePlan, UpdatePolicy } from "@/lib/contract/updates";
import { DrawerBody, DrawerFoot, DrawerHead } from "./drawer";
import { shortVersion } from "./format";
import { PlanBody } from "./plan-body";
import { PlanFoot } from "./plan-foot";
import { PlanFailed, PlanForOthers, PlanLoading } from "./plan-states";
import { ServiceSign } from "./service-sign";

type PlanPanelProps = {
  open: OpenUpdate;
  display: string;
  service: Service | undefined;
  version: ServiceVersion | undefined;
};

/** What the person decides about an update. */
export type Choices = { policy: UpdatePolicy; keepsEdits: boolean };

export type PlanProps = {
  plan: UpdatePlan;
  target: PlanTarget;
  display: string;
  service: Service | undefined;
  version: ServiceVersion | undefined;
  choices: Choices;
  onChoices: (choices: Choices) => void;
};

export function PlanPanel({ open, ...known }: PlanPanelProps) {
  const { name } = open;
  const target = targetIn(open);
  const may = useMay();
  const query = useQuery({ ...updatePlanQuery(name, target), enabled: may.act });
  const [changed, setChanged] = useState<Partial<Choices>>({});
  const plan = query.data;

  return (
    <>
      <DrawerHead
        sign={
          target.back === undefined ? (
            <ServiceSign service={known.service} />
          ) : (
            <SignIcon sign="updating" />
          )
        }
        title={titleOf(known.display, target, plan)}
        aside={target.back === undefined ? null : known.display}
      />
      {!may.act || plan === undefined || query.isFetching ? (
        <>
          <DrawerBody>
            {may.why !== undefined ? (
              <PlanForOthers why={may.why} />
            ) : query.error && !query.isFetching ? (
              <PlanFailed
                {...{ name }}
                to={target.to}
                error={query.error}
                onRetry={query.refetch}
              />
            ) : (
              <PlanLoading />
            )}
          </DrawerBody>
          <DrawerFoot>
            <Button className="ml-auto" onClick={closeUpdate}>
              {query.error || !may.act ? "Close" : "Not now"}
            </Button>
          </DrawerFoot>
        </>
      ) : (
        <Planned
          {...known}
          {...{ plan, target }}
          choices={{ ...usualChoices(plan, target), ...changed }}
          onChoices={setChanged}
        />
      )}
    </>
  );
}

function Planned(props: PlanProps) {
  return (
    <>
      <DrawerBody>
        <PlanBody {...props} />
      </DrawerBody>
      <PlanFoot {...props} />
    </>
  );
}

function targetIn(open: OpenUpdate): PlanTarget {
  if (open.view === "back") return { back: open.job };
  return open.view === "plan" ? { to: open.to } : {};
}

function titleOf(display: string, { back }: PlanTarget, plan: UpdatePlan | undefined) {
  if (back === undefined) return `Update ${display}`;
  return plan ? `Put back ${shortVersion(plan.to)}` : "Put back";
}

/** Whoever follows the newest goes on doing so; else a success stays when the container is made anew. */
function usualChoices(plan: UpdatePlan, { to }: PlanTarget): Choices {
  const follows = plan.policy === "follow" && to === undefined;
  const policy = plan.nothing_to_do ? plan.policy : follows ? "follow" : "pinned";
  return { policy, keepsEdits: false };
}
