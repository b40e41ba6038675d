"use client";

import { CircleArrowUp, Ellipsis, LayoutList } from "lucide-react";
import { usePathname } from "next/navigation";
import { NavCount, UpdateCount } from "./nav-count";
import { useOpenOverlay } from "./overlays";

/** The bar at the bottom of a narrow screen, in place of the side bar. */
export function TabBar() {
  const openOverlay = useOpenOverlay();
  const path = usePathname();
  return (
    <nav className="tab-bar" aria-label="Pages, short">
      <a href="/" className="tab" aria-current={path === "/" ? "page" : undefined}>
        <LayoutList strokeWidth={1.75} aria-hidden="true" />
        Services
        <NavCount />
      </a>
      <a href="/updates" className="tab" aria-current={path === "/updates" ? "page" : undefined}>
        <CircleArrowUp strokeWidth={1.75} aria-hidden="true" />
        Updates
        <UpdateCount />
      </a>
      <button type="button" className="tab" onClick={() => openOverlay("more")}>
        <Ellipsis strokeWidth={1.75} aria-hidden="true" />
        More
      </button>
    </nav>
  );
}
