import { Check, Minus, Undo2 } from "lucide-react";
import { useNow } from "@/components/services/ago";
import { SignIcon } from "@/components/services/lamp";
import type { UpdateStep } from "@/lib/contract/updates";
import { formatTook } from "./times";

export function JobSteps({ steps }: { steps: UpdateStep[] }) {
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map((step) => (
        <li key={step.name} className={`step-${step.state}`}>
          <StepSign step={step} />
          <div>
            <span className="step-title">{step.title}</span>
            <span className="sr-only">, {words[step.state]}</span>
            {step.detail ? (
              <span className="second-line block wrap-anywhere">{step.detail}</span>
            ) : null}
          </div>
          <span className="second-line">
            {step.state === "running" ? <RunningFor step={step} /> : tookOf(step)}
          </span>
        </li>
      ))}
    </ol>
  );
}

const words: Record<UpdateStep["state"], string> = {
  pending: "to come",
  running: "running",
  done: "done",
  error: "failed",
  skipped: "left out",
};

function StepSign({ step: { name, state } }: { step: UpdateStep }) {
  if (state === "running") return <SignIcon sign="updating" />;
  if (state === "error") return <SignIcon sign="fatal" />;
  if (state === "pending") return <SignIcon sign="notinstalled" className="step-to-come" />;
  if (state === "skipped") return <Minus className="sign text-faint" aria-hidden="true" />;
  if (name === "restore") return <Undo2 className="sign" aria-hidden="true" />;
  return <Check className="sign text-running" aria-hidden="true" />;
}

function RunningFor({ step }: { step: UpdateStep }) {
  const now = useNow();
  return step.started_at === null ? null : formatTook((now - Date.parse(step.started_at)) / 1000);
}

function tookOf({ started_at, ended_at }: UpdateStep): string | null {
  if (started_at === null || ended_at === null) return null;
  return formatTook((Date.parse(ended_at) - Date.parse(started_at)) / 1000);
}
