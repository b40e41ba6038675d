import { StepForward } from "lucide-react";
import { sentenceOf } from "@/components/services/errors";
import { SignIcon } from "@/components/services/lamp";
import { Button } from "@/components/ui/button";
import { HoldButton } from "@/components/ui/hold-button";
import { notify } from "@/components/ui/toast";
import { closeUpdate } from "@/lib/client/update-address";
import { useRollback, useStartUpdate, useUpdateSettings } from "@/lib/client/update-details";
import { DrawerFoot } from "./drawer";
import { shortVersion } from "./format";
import { isAtWork } from "./plan-notices";
import type { PlanProps } from "./plan-panel";

export function PlanFoot(props: PlanProps) {
  const { plan, target, choices } = props;
  const { name } = plan;
  const start = useStartUpdate(name);
  const rollback = useRollback(name);
  const error = start.error ?? rollback.error;
  const isPending = start.isPending || rollback.isPending;

  function begin() {
    if (isPending) return;
    const edits = choices.keepsEdits ? { keep_edits: true } : {};
    if (target.back !== undefined) return rollback.mutate({ to: target.back, ...edits });
    const version = target.to === undefined ? {} : { target_version: target.to };
    start.mutate({ ...version, ...edits, policy: choices.policy });
  }

  return (
    <>
      {error ? (
        <p className="drawer-error" role="alert">
          {sentenceOf(error)}
        </p>
      ) : null}
      <DrawerFoot>
        <Skip {...props} />
        <span className="flex-1" />
        <Button onClick={closeUpdate}>{plan.nothing_to_do ? "Close" : "Not now"}</Button>
        {plan.nothing_to_do ? (
          <SavePolicy {...props} />
        ) : (
          <Begin {...props} isPending={isPending} onBegin={begin} />
        )}
      </DrawerFoot>
    </>
  );
}

type BeginProps = PlanProps & { isPending: boolean; onBegin: () => void };

function Begin({ plan, target, service, display, choices, isPending, onBegin }: BeginProps) {
  const isUndecided = plan.overwritten.length > 0 && !choices.keepsEdits;
  const isReady = plan.blockers.length === 0 && !isUndecided && !isPending;
  const isBack = target.back !== undefined;
  if (isReady && isAtWork({ plan, service })) {
    const verb = `restart ${display} and ${isBack ? "go back" : "update"}`;
    return <HoldButton verb={verb} onAct={onBegin} />;
  }
  return (
    <Button
      variant={isReady ? "primary" : "default"}
      disabled={!isReady}
      aria-label={isBack ? undefined : `Update ${display}`}
      onClick={onBegin}
    >
      {isBack ? `Put back ${shortVersion(plan.to)}` : "Update"}
    </Button>
  );
}

/** With nothing to install, what the next boot does can still be chosen. */
function SavePolicy({ plan, choices }: PlanProps) {
  const settings = useUpdateSettings(plan.name);
  const { policy } = choices;
  if (policy === plan.policy) return null;

  function save() {
    const target = policy === "pinned" ? plan.target : null;
    settings.mutate({ policy, target }, { onSuccess: closeUpdate, onError: sayUnsaved });
  }
  return (
    <Button variant="primary" disabled={settings.isPending} onClick={save}>
      Save
    </Button>
  );
}

function Skip({ plan, target, version, display }: PlanProps) {
  const settings = useUpdateSettings(plan.name);
  const isOfNewest = target.to === undefined && target.back === undefined;
  if (!isOfNewest || plan.nothing_to_do || plan.target === null) return null;
  const isSkipped = version?.skipped === plan.target;

  function offer() {
    settings.mutate({ skip: null }, { onSuccess: closeUpdate, onError: sayUnsaved });
  }

  function skip() {
    settings.mutate({ skip: plan.target }, { onSuccess: onSkipped, onError: sayUnsaved });
  }

  function onSkipped() {
    closeUpdate();
    notify({
      icon: <SignIcon sign="exited" />,
      title: `${shortVersion(plan.to)} of ${display} is not offered again`,
      text: "The next one is.",
      actions: [{ label: "Offer it again", onClick: () => settings.mutate({ skip: null }) }],
    });
  }

  return (
    <Button variant="quiet" disabled={settings.isPending} onClick={isSkipped ? offer : skip}>
      <StepForward strokeWidth={1.75} aria-hidden="true" />
      {isSkipped ? "Offer it again" : "Skip this version"}
    </Button>
  );
}

function sayUnsaved(error: Error) {
  notify({
    tone: "bad",
    icon: <SignIcon sign="fatal" />,
    title: "That was not saved",
    text: sentenceOf(error),
  });
}
