import { createContext, use } from "react";

const StaleSince = createContext<string | null>(null);

export const StaleSinceProvider = StaleSince.Provider;

/** The time of day from which on nothing is known; null while the data is live. */
export function useStaleSince() {
  return use(StaleSince);
}
