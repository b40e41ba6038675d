import type { ReactNode } from "react";
import { buttonClass } from "@/components/ui/button";

/** Downloads the support bundle. */
export function SupportLink({ children }: { children: ReactNode }) {
  return (
    <a className={buttonClass()} href="/api/support" download>
      {children}
    </a>
  );
}
