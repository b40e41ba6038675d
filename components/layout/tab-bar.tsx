"use client";

import { Ellipsis, LayoutList } from "lucide-react";
import { usePathname } from "next/navigation";
import { NavCount } from "./nav-count";
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
      <button type="button" className="tab" onClick={() => openOverlay("more")}>
        <Ellipsis strokeWidth={1.75} aria-hidden="true" />
        More
      </button>
    </nav>
  );
}
