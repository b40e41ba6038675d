import { useState } from "react";

/** Whether a person has put away what stands here now; it comes back once it is something else. */
export function useHidden(key: string, what: unknown) {
  const [hidden, setHidden] = useState(() => localStorage.getItem(key));
  const fingerprint = JSON.stringify(what);

  function hide() {
    localStorage.setItem(key, fingerprint);
    setHidden(fingerprint);
  }
  return { isHidden: hidden === fingerprint, hide };
}
