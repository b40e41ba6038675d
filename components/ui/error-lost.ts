import { createSignal } from "@/lib/client/live/signals";

/** Whether a part of this page is not to be had any more. */
export const isLost = createSignal(false);

/**
 * For code that does not come. Where ControlPilot is there and its code is not, it was updated since
 * this page was loaded, or something in between broke off: both are mended by loading the page again.
 */
export async function tellLost(): Promise<void> {
  const isThere = await fetch("/api/health").then(
    ({ ok }) => ok,
    () => false,
  );
  if (isThere) isLost.set(true);
}
