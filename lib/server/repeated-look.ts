/**
 * Looks at something now, and again and again: `take` says after how many milliseconds. Whoever asks
 * for a look gets one at once, or right after the one under way; there are never two at the same time.
 */
export function repeatLook(take: () => Promise<number>) {
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;
  let isDue = false;
  let hasStopped = false;

  async function look(): Promise<void> {
    isDue = true;
    if (isLooking) return;
    isLooking = true;
    clearTimeout(timer);
    let pauseMs = 0;
    while (isDue && !hasStopped) {
      isDue = false;
      pauseMs = await take();
    }
    isLooking = false;
    if (!hasStopped) timer = setTimeout(look, pauseMs);
  }

  void look();
  return {
    look: () => void look(),
    stop() {
      hasStopped = true;
      clearTimeout(timer);
    },
  };
}
