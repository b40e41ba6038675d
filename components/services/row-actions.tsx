"use client";

import { buttonClass, IconButton } from "@/components/ui/button";
import { openLog } from "@/lib/client/log-address";
import { serviceUrl, usePendingAction } from "@/lib/client/services";
import { useMay } from "@/lib/client/session";
import { useRunningJob } from "@/lib/client/updates";
import type { Service } from "@/lib/contract/services";
import { ActionButton } from "./action-button";
import { actions } from "./actions";
import { ExternalLink, ScrollText } from "./icons";
import { SelfStop } from "./self-stop";
import { useStaleSince } from "./stale";
import { can } from "./states";
import { useAct } from "./use-act";

/** Always the same slots in the same order; what makes no sense now is dimmed. */
export function RowActions({ service }: { service: Service }) {
  const act = useAct(service);
  const may = useMay();
  const pending = usePendingAction(service.name);
  const isStale = useStaleSince() !== null;
  const isBusy = useRunningJob(service.name) !== undefined || pending !== undefined;
  const url = serviceUrl(service, window.location);

  return (
    <div className="row-actions">
      {actions.map((action) => {
        const Action = service.self && action === "stop" ? SelfStop : ActionButton;
        const disabled = !may.act || isStale || isBusy || !can(service, action);
        return (
          <Action key={action} service={service} action={action} disabled={disabled} act={act} />
        );
      })}
      <IconButton
        label={`Log of ${service.display}`}
        data-key="l"
        onClick={() => openLog(service.name)}
      >
        <ScrollText strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
      {url === null ? null : (
        <a
          className={`${buttonClass("default", "small")} open-button`}
          href={url}
          target="_blank"
          rel="noreferrer"
          aria-label={`Open ${service.display}`}
        >
          Open
          <ExternalLink strokeWidth={1.75} aria-hidden="true" />
        </a>
      )}
    </div>
  );
}
