"use client";

import clsx from "clsx";
import { useState } from "react";
import { Button, type ButtonProps } from "./button";
import { HOLD_MS, useHold } from "./hold";

type HoldButtonProps = Omit<ButtonProps, "onClick"> & {
  /** "stop": the button says "Hold to stop". */
  verb: string;
  onAct: () => void;
};

/** Acts when it is held, or on a second press that comes no sooner than a hold would have acted. */
export function HoldButton({ verb, onAct, className, children, ...props }: HoldButtonProps) {
  const [arming, setArming] = useState<"no" | "soon" | "armed">("no");
  const hold = useHold({ onHold: onAct, onShort: arming === "armed" ? onAct : arm });

  function arm() {
    if (arming !== "no") return;
    setArming("soon");
    setTimeout(() => setArming("armed"), HOLD_MS);
  }

  return (
    <>
      <Button
        variant="danger"
        className={clsx("hold", className)}
        {...props}
        {...hold}
        data-holding={arming === "no" ? hold["data-holding"] : true}
      >
        {children}
        {arming === "armed" ? `Press again to ${verb}` : `Hold to ${verb}`}
      </Button>
      <span className="second-line" aria-live="polite">
        {hints[arming]}
      </span>
    </>
  );
}

const hints = { no: "1.5 s, or press twice", soon: "wait 1.5 s", armed: "" };
