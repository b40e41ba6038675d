import { useState } from "react";

/** What had the focus when something was opened; the row it stands in outlives it. */
export type Opener = { element: Element | null; row: Element | null };

export function findOpener(): Opener {
  const element = document.activeElement;
  return { element, row: element?.closest("[role=row], li") ?? null };
}

/** For `onCloseAutoFocus`: Radix gives the focus back to a trigger of its own, and a dialog that is
 *  mounted open has none. */
export function useFocusReturn(given?: Opener | null) {
  const [own] = useState(findOpener);
  const { element, row } = given ?? own;
  return (event: Event) => {
    event.preventDefault();
    const target = element?.isConnected
      ? element
      : row?.querySelector("[data-row-toggle], button, a[href]");
    if (target instanceof HTMLElement) target.focus();
  };
}
