export type Bell = ReturnType<typeof createBell>;

/** Wakes one who waits. A ring that comes while nobody waits is kept, and several are one. */
export function createBell() {
  let isRung = false;
  let wake: (() => void) | null = null;

  return {
    ring() {
      isRung = true;
      wake?.();
    },
    /** Resolves at the next ring, at one that was kept, or after `ms`. */
    async wait(ms: number): Promise<void> {
      if (!isRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = null;
      isRung = false;
    },
  };
}
