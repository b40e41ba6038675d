import { useKeys } from "@/components/layout/keys";

/** j and k go from row to row; x, l and o press what the row marks with that key. */
export function useRowKeys() {
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    x: () => press("x"),
    l: () => press("l"),
    o: () => press("o"),
  });
}

function move(step: 1 | -1) {
  const toggles = [...document.querySelectorAll<HTMLElement>("[data-row-toggle]")];
  const current = toggles.findIndex((toggle) => rowOf(toggle)?.contains(document.activeElement));
  const next = current === -1 ? (step === 1 ? 0 : toggles.length - 1) : current + step;
  toggles[next]?.focus();
}

function press(key: string) {
  const row = document.activeElement && rowOf(document.activeElement);
  row?.querySelector<HTMLElement>(`[data-key="${key}"]`)?.click();
}

function rowOf(element: Element) {
  return element.closest(".service");
}
