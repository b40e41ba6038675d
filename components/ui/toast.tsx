"use client";

import { type ReactNode, useSyncExternalStore } from "react";
import { lazily } from "@/components/ui/lazily";

export type Toast = {
  /** "bad" stays until it is closed. */
  tone?: "bad";
  icon: ReactNode;
  title: string;
  text?: ReactNode;
  actions?: { label: string; onClick: () => void }[];
  /** Offered for copying, beside the actions. */
  copy?: string;
};

const waiting: Toast[] = [];
const listeners = new Set<() => void>();
let show: ((toast: Toast) => void) | undefined;
let isWanted = false;

const Toaster = lazily(() => import("./toaster").then((m) => m.Toaster));

export function notify(toast: Toast) {
  if (show) return show(toast);
  waiting.push(toast);
  isWanted = true;
  for (const listener of listeners) listener();
}

/** For `onInteractOutside`: toasts lie over a dialog, and what is pressed in one does not close it. */
export function staysForToasts(event: Event) {
  const isToast = event.target instanceof Element && event.target.closest(".toaster") !== null;
  if (isToast) event.preventDefault();
}

/** Where toasts appear; what draws them is loaded with the first one. */
export function ToastHost() {
  const wanted = useSyncExternalStore(
    subscribe,
    () => isWanted,
    () => false,
  );
  return wanted ? <Toaster onReady={takeOver} /> : null;
}

function takeOver(shower: (toast: Toast) => void) {
  show = shower;
  for (const toast of waiting.splice(0)) shower(toast);
  return () => {
    show = undefined;
  };
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
