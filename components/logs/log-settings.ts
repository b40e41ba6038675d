import { useState } from "react";

/** How a person likes to read logs, remembered by the browser. */
export type LogSettings = { wraps: boolean; times: boolean; compact: boolean };

const STORAGE_KEY = "controlpilot.log";
const DEFAULTS: LogSettings = { wraps: true, times: true, compact: false };

export function useLogSettings(): [LogSettings, (name: keyof LogSettings) => void] {
  const [settings, setSettings] = useState(read);
  function toggle(name: keyof LogSettings) {
    const next = { ...settings, [name]: !settings[name] };
    localStorage.setItem(STORAGE_KEY, JSON.stringify(next));
    setSettings(next);
  }
  return [settings, toggle];
}

function read(): LogSettings {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}");
    return { ...DEFAULTS, ...(typeof kept === "object" ? kept : {}) };
  } catch {
    return DEFAULTS;
  }
}
