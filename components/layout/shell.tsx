import type { ReactNode } from "react";
import { ToastHost } from "@/components/ui/toast";
import { LiveHost } from "./live-host";
import { Overlays } from "./overlays";
import { SideBar } from "./side-bar";
import { TabBar } from "./tab-bar";

export function Shell({ children }: { children: ReactNode }) {
  return (
    <Overlays>
      <a href="#main" className="skip-link">
        Skip to the page
      </a>
      <div className="shell">
        <SideBar />
        <main id="main" tabIndex={-1} className="min-w-0 outline-none">
          {children}
        </main>
        <TabBar />
      </div>
      <ToastHost />
      <LiveHost />
    </Overlays>
  );
}
