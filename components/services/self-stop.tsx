"use client";

import { useState } from "react";
import { lazily } from "@/components/ui/lazily";
import { ActionIcon, type ActionProps } from "./action-button";

const SelfStopDialog = lazily(() => import("./self-stop-dialog").then((m) => m.SelfStopDialog));

/** Stopping ControlPilot takes this page away, so it says first how to get it back. */
export function SelfStop({ service, action, disabled, act }: ActionProps) {
  const [isAsking, setIsAsking] = useState(false);
  const close = () => setIsAsking(false);
  return (
    <>
      <ActionIcon
        service={service}
        action={action}
        disabled={disabled}
        aria-haspopup="dialog"
        onClick={() => setIsAsking(!disabled)}
      />
      {isAsking ? <SelfStopDialog service={service} act={act} onClose={close} /> : null}
    </>
  );
}
