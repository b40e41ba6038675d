import { useState } from "react";

/** For `onCloseAutoFocus`: Radix gives the focus back to a trigger of its own, and a dialog that is
 *  mounted open has none. */
export function useFocusReturn() {
  const [opener] = useState(() => document.activeElement);
  return (event: Event) => {
    event.preventDefault();
    if (opener instanceof HTMLElement) opener.focus();
  };
}
