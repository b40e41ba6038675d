"use client";

import { useId } from "react";
import { Switch } from "@/components/ui/switch";
import { NOTIFY_WHEN, useNotifySwitch } from "./notify-switch";

/** The switch for notifications, with what it does and why it cannot. */
export function NotifyRow() {
  const { isOn, problem, turn } = useNotifySwitch();
  const whenId = useId();
  return (
    <div className="grid gap-1.5">
      <div className="flex items-center gap-4">
        <div className="mr-auto">
          <p>Notify me</p>
          <p id={whenId} className="second-line">
            {NOTIFY_WHEN}
          </p>
        </div>
        <Switch
          label="Notify me"
          aria-describedby={whenId}
          checked={isOn}
          onChange={(on) => void turn(on)}
        />
      </div>
      <p role="status" className="second-line empty:hidden">
        {problem}
      </p>
    </div>
  );
}
