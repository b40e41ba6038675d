import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from "react";

export const HOLD_MS = 1500;

type Hold = {
  onHold: () => void;
  /** A press that was let go before it counted as held. */
  onShort: () => void;
};

/** Tells a press of 1.5 s from a short one, by pointer and by Space or Enter alike. */
export function useHold({ onHold, onShort }: Hold) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const byPointer = useRef(false);
  const [holding, setHolding] = useState(false);
  useEffect(() => () => clearTimeout(timer.current), []);

  function press() {
    clearTimeout(timer.current);
    setHolding(true);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      setHolding(false);
      onHold();
    }, HOLD_MS);
  }

  function release() {
    const wasPressed = timer.current !== undefined;
    clearTimeout(timer.current);
    timer.current = undefined;
    setHolding(false);
    return wasPressed;
  }

  const onKey = (act: () => void) => (event: KeyboardEvent) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (!event.repeat) act();
  };
  const end = () => {
    if (release()) onShort();
  };

  const abandon = () => {
    byPointer.current = false;
    release();
  };

  return {
    "data-holding": holding || undefined,
    onPointerDown: ({ button }: { button: number }) => {
      if (button !== 0) return;
      byPointer.current = true;
      press();
    },
    onPointerUp: end,
    onPointerLeave: abandon,
    onPointerCancel: abandon,
    onBlur: () => void release(),
    onContextMenu: (event: MouseEvent) => event.preventDefault(),
    onKeyDown: onKey(press),
    onKeyUp: onKey(end),
    // A click without a press comes from assistive technology.
    onClick: () => {
      if (!byPointer.current) onShort();
      byPointer.current = false;
    },
  };
}
