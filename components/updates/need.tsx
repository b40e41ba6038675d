import type { ReactNode } from "react";
import { ActButton } from "@/components/access/act-button";
import { Button } from "@/components/ui/button";

type NeedProps = {
  icon: ReactNode;
  /** `looks`: nothing comes of it but a look at something. */
  act?: { verb: string; name: string; looks?: boolean; onClick: () => void } | undefined;
  children: ReactNode;
};

/** A line of what needs a look, and the one thing to do about it. */
export function Need({ icon, act, children }: NeedProps) {
  const Act = act?.looks ? Button : ActButton;
  return (
    <div className="need">
      {icon}
      <p>{children}</p>
      {act === undefined ? null : (
        <Act size="small" aria-label={act.name} onClick={act.onClick}>
          {act.verb}
        </Act>
      )}
    </div>
  );
}
