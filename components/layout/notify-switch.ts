import { useEffect, useState } from "react";
import {
  followOtherTabs,
  type NotifyProblem,
  notifying,
  turnOff,
  turnOn,
} from "@/lib/client/live/notifications";

export const NOTIFY_WHEN = "When a service fails or an update ends while you look elsewhere";

const words: Record<NotifyProblem, string> = {
  insecure:
    "This browser blocks notifications for this address. It allows them only where the address begins with https, and at localhost.",
  denied:
    "This browser blocks notifications for this address. Allow them in its settings for this page, then switch this on again.",
  unanswered:
    "The browser asked whether it may, and got no answer. Switch this on again to be asked anew.",
  unsupported: "This browser has no notifications for pages.",
};

/** `turn` resolves to a sentence where there will be none, which `problem` is as well. */
export function useNotifySwitch() {
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(followOtherTabs, []);

  async function turn(on: boolean): Promise<string | null> {
    if (!on) turnOff();
    const reason = on ? await turnOn() : null;
    const sentence = reason && words[reason];
    setProblem(sentence);
    return sentence;
  }

  return { isOn: notifying.useValue(), problem, turn };
}
