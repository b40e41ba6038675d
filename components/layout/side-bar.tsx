"use client";

import { CircleArrowUp, Keyboard, LayoutList } from "lucide-react";
import { usePathname } from "next/navigation";
import { Brand } from "./brand";
import { NavCount, UpdateCount } from "./nav-count";
import { useOpenOverlay } from "./overlays";
import { ThemeSwitch } from "./theme-switch";

export function SideBar() {
  const openOverlay = useOpenOverlay();
  const path = usePathname();
  return (
    <aside className="side">
      <Brand />
      <nav className="nav" aria-label="Pages">
        <a href="/" className="nav-item" aria-current={path === "/" ? "page" : undefined}>
          <LayoutList strokeWidth={1.75} aria-hidden="true" />
          <span className="nav-label">Services</span>
          <NavCount />
        </a>
        <a
          href="/updates"
          className="nav-item"
          aria-current={path === "/updates" ? "page" : undefined}
        >
          <CircleArrowUp strokeWidth={1.75} aria-hidden="true" />
          <span className="nav-label">Updates</span>
          <UpdateCount />
        </a>
      </nav>
      <div className="nav">
        <button type="button" className="nav-item" onClick={() => openOverlay("shortcuts")}>
          <Keyboard strokeWidth={1.75} aria-hidden="true" />
          <span className="nav-label">Shortcuts</span>
        </button>
      </div>
      <div className="mt-auto">
        <ThemeSwitch />
      </div>
    </aside>
  );
}
