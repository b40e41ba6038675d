import { FilePen, Hourglass, Info, type LucideIcon, OctagonX } from "lucide-react";
import { type ReactNode, useId } from "react";
import { formatDuration } from "@/components/services/format";
import { Checkbox } from "@/components/ui/checkbox";
import type { PlanProps } from "./plan-panel";

/** What to know, or to decide, before. */
export function PlanNotices({ plan, service, display, choices, onChoices }: PlanProps) {
  const { blockers, notes, overwritten } = plan;
  const isGuarded = isAtWork({ plan, service });
  return (
    <>
      {blockers.length === 0 ? null : (
        <Notice icon={OctagonX} tone="bad">
          <p>
            <strong>It cannot start now.</strong>
          </p>
          {blockers.map((blocker) => (
            <p key={blocker}>{blocker}</p>
          ))}
        </Notice>
      )}
      {isGuarded ? (
        <Notice icon={Hourglass} tone="warn">
          <p>
            <strong>{display} is restarted.</strong> {workOf(service?.uptime_seconds ?? null)}
          </p>
        </Notice>
      ) : null}
      {overwritten.length === 0 ? null : (
        <Overwritten
          paths={overwritten}
          isKept={choices.keepsEdits}
          onKeep={(keepsEdits) => onChoices({ ...choices, keepsEdits })}
        />
      )}
      {notes.length === 0 ? null : (
        <Notice icon={Info} tone="plain">
          {notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </Notice>
      )}
    </>
  );
}

/** Restarting it takes work away, so a press alone does not start the update. */
export function isAtWork({ plan, service }: Pick<PlanProps, "plan" | "service">): boolean {
  const isRestarted = plan.restarts && !plan.nothing_to_do && plan.blockers.length === 0;
  return isRestarted && service?.running === true && service.guarded;
}

function workOf(uptime: number | null) {
  const lost = "Work that is not saved is lost.";
  return uptime === null ? lost : `It has been up ${formatDuration(uptime)}. ${lost}`;
}

type OverwrittenProps = { paths: string[]; isKept: boolean; onKeep: (keep: boolean) => void };

function Overwritten({ paths, isKept, onKeep }: OverwrittenProps) {
  const id = useId();
  return (
    <Notice icon={FilePen} tone="warn">
      <p>
        <strong>Your edits are in the way.</strong> The update would overwrite{" "}
        {paths.length === 1 ? "this file" : "these files"}:
      </p>
      <ul className="edited">
        {paths.map((path) => (
          <li key={path}>{path}</li>
        ))}
      </ul>
      <label className="keep-edits" htmlFor={id}>
        <Checkbox id={id} checked={isKept} onChange={onKeep} />
        Keep my edits on a branch and update
      </label>
    </Notice>
  );
}

type NoticeProps = { icon: LucideIcon; tone: "bad" | "warn" | "plain"; children: ReactNode };

function Notice({ icon: Icon, tone, children }: NoticeProps) {
  return (
    <div className={`plan-notice ${tone}`}>
      <Icon strokeWidth={1.75} aria-hidden="true" />
      <div>{children}</div>
    </div>
  );
}
