import type { Metadata } from "next";
import { Suspense } from "react";
import { LogScreen } from "@/components/logs/log-screen";

export const metadata: Metadata = { title: "Logs · ControlPilot" };

/** Also what stands at `/services/<name>/log`: see the rewrites in next.config.ts. */
export default function LogsPage() {
  return (
    <Suspense>
      <LogScreen />
    </Suspense>
  );
}
