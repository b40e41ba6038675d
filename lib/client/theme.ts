import { useSyncExternalStore } from "react";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** Also read by public/theme.js, which applies it before the first paint. */
const STORAGE_KEY = "controlpilot.theme";
const listeners = new Set<() => void>();

export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, appliedTheme, () => "system"), setTheme];
}

function setTheme(theme: Theme) {
  if (theme === "system") localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, theme);
  apply(theme);
}

function apply(theme: string | null) {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
  for (const listener of listeners) listener();
}

function appliedTheme(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : "system";
}

function subscribe(listener: () => void) {
  const followOtherTabs = (event: StorageEvent) => {
    if (event.key === STORAGE_KEY) apply(event.newValue);
  };
  listeners.add(listener);
  window.addEventListener("storage", followOtherTabs);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", followOtherTabs);
  };
}
