import { titleMark } from "@/lib/client/live/signals";

const MARKED_ICON = "/icon-marked.svg";

/**
 * Puts what happened in front of the title, and a dot on the page's icon, until the tab is seen.
 * `stop` takes the mark off as well.
 */
export function createMark() {
  let count = 0;
  let icon: { link: HTMLLinkElement; href: string } | null = null;

  function mark(what: string) {
    count += 1;
    titleMark.set(count === 1 ? `● ${what}` : `● ${what}, ${count - 1} more`);
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon !== null || link === null) return;
    icon = { link, href: link.href };
    link.href = MARKED_ICON;
  }

  function clear() {
    count = 0;
    titleMark.set(null);
    if (icon !== null) icon.link.href = icon.href;
    icon = null;
  }

  function clearIfSeen() {
    if (!document.hidden) clear();
  }

  document.addEventListener("visibilitychange", clearIfSeen);
  return {
    mark,
    stop() {
      document.removeEventListener("visibilitychange", clearIfSeen);
      clear();
    },
  };
}
