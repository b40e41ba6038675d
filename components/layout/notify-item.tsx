"use client";

import { Bell, BellOff } from "lucide-react";
import { SignIcon } from "@/components/services/lamp";
import { notify } from "@/components/ui/toast";
import { NOTIFY_WHEN, useNotifySwitch } from "./notify-switch";

/** The switch for notifications in the side bar. */
export function NotifyItem() {
  const { isOn, turn } = useNotifySwitch();
  const Icon = isOn ? Bell : BellOff;

  async function toggle() {
    const problem = await turn(!isOn);
    if (problem === null) return;
    notify({ icon: <SignIcon sign="unknown" />, title: "No notifications", text: problem });
  }

  return (
    <button
      type="button"
      role="switch"
      aria-checked={isOn}
      aria-label="Notify me"
      title={NOTIFY_WHEN}
      className="nav-item"
      onClick={() => void toggle()}
    >
      <Icon strokeWidth={1.75} aria-hidden="true" />
      <span className="nav-label">Notify me</span>
      <span className="nav-label nav-state">{isOn ? "on" : "off"}</span>
    </button>
  );
}
