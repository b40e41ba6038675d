import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";

type NeedProps = {
  icon: ReactNode;
  act?: { verb: string; name: string; onClick: () => void } | undefined;
  children: ReactNode;
};

/** A line of what needs a look, and the one thing to do about it. */
export function Need({ icon, act, children }: NeedProps) {
  return (
    <div className="need">
      {icon}
      <p>{children}</p>
      {act === undefined ? null : (
        <Button size="small" aria-label={act.name} onClick={act.onClick}>
          {act.verb}
        </Button>
      )}
    </div>
  );
}
