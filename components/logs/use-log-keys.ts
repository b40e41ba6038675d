import { type RefObject, useEffect, useEffectEvent } from "react";
import { useOpenOverlay } from "@/components/layout/overlays";

interface LogKeys {
  findInput: RefObject<HTMLInputElement | null>;
  keys: Readonly<Record<string, () => void>>;
  /** Closes what is open inside the log; false where nothing is, and the log itself may close. */
  onEscape: () => boolean;
}

/** Keys of the log, wherever the focus is in it. */
export function useLogKeys({ findInput, keys, onEscape }: LogKeys) {
  const openOverlay = useOpenOverlay();
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (isCovered()) return;
    if (event.key === "Escape") return onEscape() && event.preventDefault();
    const opensFind = event.key === "f" && (event.ctrlKey || event.metaKey);
    // A second Ctrl-F is for the browser's own find.
    if (opensFind && document.activeElement === findInput.current) return;
    const all: typeof keys = { ...keys, "?": () => openOverlay("shortcuts") };
    const handle = opensFind ? all["/"] : all[event.key];
    const isModified = event.ctrlKey || event.metaKey || event.altKey;
    if (!handle || (!opensFind && (isModified || isTyping(event.target)))) return;
    event.preventDefault();
    handle();
  });
  useEffect(() => {
    // Before the dialog hears of it, which listens on the document.
    window.addEventListener("keydown", onKeyDown, { capture: true });
    return () => window.removeEventListener("keydown", onKeyDown, { capture: true });
  }, []);
}

/** Something lies over the log, and the keys are its own. */
function isCovered(): boolean {
  return document.querySelector('.dialog, [role="menu"]') !== null;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select") !== null;
}
