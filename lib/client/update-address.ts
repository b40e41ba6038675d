import { useSearchParams } from "next/navigation";

/** What is open over the page of one service's updates. */
export type OpenUpdate = { name: string } & (
  | { view: "plan"; to: string | undefined }
  /** The plan of putting back what was there before a job. */
  | { view: "back"; job: string }
  | { view: "job"; job: string }
  | { view: "output"; job: string }
);

/** Kept with the history entry, so that closing after a reload still goes back. */
const OPENED_HERE = { openedUpdate: true };
const PARAMETERS = ["update", "output", "to", "back", "job"];

/** As in `?update=comfy`, with `&to=v1.2`, `&back=<job>`, `&job=<job>` or `&output=<job>`. */
export function useUpdateAddress(): OpenUpdate | null {
  return readUpdateAddress(useSearchParams());
}

export function readUpdateAddress(search: Pick<URLSearchParams, "get">): OpenUpdate | null {
  const name = search.get("update");
  if (!name) return null;
  for (const view of ["output", "back", "job"] as const) {
    const job = search.get(view);
    if (job) return { name, view, job };
  }
  return { name, view: "plan", to: search.get("to") ?? undefined };
}

/** `search` with the panel in it, and everything else in it as it was. */
export function withUpdate(search: string, open: OpenUpdate | null): string {
  const params = new URLSearchParams(search);
  for (const parameter of PARAMETERS) params.delete(parameter);
  if (open) params.set("update", open.name);
  if (open?.view === "plan" && open.to) params.set("to", open.to);
  if (open && open.view !== "plan") params.set(open.view, open.job);
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** Opens the panel, or shows something else in it. */
export function openUpdate(open: OpenUpdate) {
  const isOpen = readUpdateAddress(new URLSearchParams(window.location.search)) !== null;
  if (isOpen) window.history.replaceState(ownState(), "", urlWith(open));
  else window.history.pushState({ ...OPENED_HERE }, "", urlWith(open));
}

export function openPlan(name: string, to?: string) {
  openUpdate({ name, view: "plan", to });
}

export function openJob(name: string, job: string) {
  openUpdate({ name, view: "job", job });
}

/** Lies over the panel that it was opened from, so it is a step of its own. */
export function openOutput(name: string, job: string) {
  window.history.pushState({ ...OPENED_HERE }, "", urlWith({ name, view: "output", job }));
}

export function closeUpdate() {
  if (ownState()) window.history.back();
  else window.history.replaceState(null, "", urlWith(null));
}

/** Without what Next keeps there: with it, Next takes the call for its own and misses the new address. */
function ownState(): typeof OPENED_HERE | null {
  const state: unknown = window.history.state;
  const isOwn = typeof state === "object" && state !== null && "openedUpdate" in state;
  return isOwn ? { ...OPENED_HERE } : null;
}

function urlWith(open: OpenUpdate | null): string {
  const { pathname, search, hash } = window.location;
  return `${pathname}${withUpdate(search, open)}${hash}`;
}
