import { useState } from "react";

const STORAGE_KEY = "controlpilot.log-wrap";

/** Whether long lines are wrapped, remembered by the browser. */
export function useWrap(): [boolean, () => void] {
  const [wraps, setWraps] = useState(() => localStorage.getItem(STORAGE_KEY) !== "off");
  function toggle() {
    localStorage.setItem(STORAGE_KEY, wraps ? "off" : "on");
    setWraps(!wraps);
  }
  return [wraps, toggle];
}
