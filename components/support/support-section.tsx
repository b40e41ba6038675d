"use client";

import { Package } from "lucide-react";
import { Setting } from "@/components/access/setting";
import { useMay } from "@/lib/client/session";
import { SupportLink } from "./support-link";

/** For those with full rights: what it holds is not for everybody who may look. */
export function SupportSection() {
  if (!useMay().act) return null;
  return (
    <Setting title="Support bundle">
      <p className="text-muted">
        An archive for an issue report: versions, configs, states, history and the last lines of
        every log. Secrets are hidden as far as ControlPilot can tell what is one; look through it
        before you give it to anybody.
      </p>
      <div className="buttons">
        <SupportLink>
          <Package strokeWidth={1.75} aria-hidden="true" />
          Download support bundle
        </SupportLink>
      </div>
    </Setting>
  );
}
