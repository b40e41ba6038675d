import { useEffect, useEffectEvent } from "react";

/** Single keys for the whole page; they rest while somebody types, and while something lies over the page. */
export function useKeys(handlers: Record<string, (event: KeyboardEvent) => void>) {
  const handle = useEffectEvent((event: KeyboardEvent) => {
    const handler = handlers[event.key];
    if (!handler || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
    event.preventDefault();
    handler(event);
  });

  useEffect(() => {
    document.addEventListener("keydown", handle);
    return () => document.removeEventListener("keydown", handle);
  }, []);
}

function isBusy(target: EventTarget | null) {
  const typing = target instanceof Element && target.closest(TYPED_INTO) !== null;
  return typing || document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
}

const TYPED_INTO = "input:not([type=checkbox]), textarea, select, [contenteditable]";
