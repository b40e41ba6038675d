import { createContext, use } from "react";

type Selection = {
  selected: ReadonlySet<string>;
  select: (names: string[], on: boolean) => void;
};

const SelectionContext = createContext<Selection>({ selected: new Set(), select: () => {} });

export const SelectionProvider = SelectionContext.Provider;

/** The services that are ticked, by name. */
export function useSelection() {
  return use(SelectionContext);
}
