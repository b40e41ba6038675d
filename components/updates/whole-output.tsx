"use client";

import { useMemo } from "react";
import { LogDialog } from "@/components/logs/log-dialog";
import { LogViewer } from "@/components/logs/log-viewer";
import type { Opener } from "@/components/ui/focus-return";
import { closeUpdate } from "@/lib/client/update-address";
import { updateOutputStreamUrl, updateOutputUrl } from "@/lib/client/update-details";

type WholeOutputProps = { name: string; display: string; job: string; opener: Opener | null };

/** All that the programs of one job wrote, as a log. */
export function WholeOutput({ name, display, job, opener }: WholeOutputProps) {
  const services = useMemo(() => [{ name, display }], [name, display]);
  const title = `Output of the update of ${display}`;
  const file = {
    label: "Download the whole output",
    href: updateOutputUrl(name, job),
    name: `${name}-update-${job}.log`,
  };

  return (
    <LogDialog title={title} opener={opener} onClose={closeUpdate}>
      <LogViewer
        url={updateOutputStreamUrl(name, job)}
        {...{ services, title }}
        stream="out"
        files={[file]}
        clearable={null}
      />
    </LogDialog>
  );
}
