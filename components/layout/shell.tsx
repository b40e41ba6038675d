import type { ReactNode } from "react";
import { ErrorHost } from "@/components/ui/error-host";
import { ErrorPart } from "@/components/ui/error-part";
import { ToastHost } from "@/components/ui/toast";
import { Frame } from "./frame";
import { LiveHost } from "./live-host";
import { Overlays } from "./overlays";
import { SideBar } from "./side-bar";
import { TabBar } from "./tab-bar";

export function Shell({ children }: { children: ReactNode }) {
  const page = (
    <main id="main" tabIndex={-1} className="min-w-0 outline-none">
      {children}
    </main>
  );
  return (
    <Frame page={page}>
      <Overlays>
        <a href="#main" className="skip-link">
          Skip to the page
        </a>
        <div className="shell">
          <ErrorPart name="The side bar">
            <SideBar />
          </ErrorPart>
          {page}
          <TabBar />
        </div>
        <ToastHost />
        <ErrorHost />
        <ErrorPart name="The live connection">
          <LiveHost />
        </ErrorPart>
      </Overlays>
    </Frame>
  );
}
