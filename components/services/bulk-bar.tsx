"use client";

import { X } from "lucide-react";
import { ActButton } from "@/components/access/act-button";
import { IconButton } from "@/components/ui/button";
import type { Service } from "@/lib/contract/services";
import { actionIcons, actionNames, actions } from "./actions";
import { useStaleSince } from "./stale";
import { can } from "./states";
import type { Bulk } from "./use-bulk";

type BulkBarProps = { services: Service[]; bulk: Bulk; onClear: () => void };

export function BulkBar({ services, bulk, onClear }: BulkBarProps) {
  const isStale = useStaleSince() !== null;
  return (
    <div className="bulk-bar" role="toolbar" aria-label="Selected services">
      <b role="status">{services.length} selected</b>
      <hr />
      {actions.map((action) => {
        const Icon = actionIcons[action];
        const name = actionNames[action];
        const able = services.filter((service) => can(service, action));
        return (
          <ActButton
            key={action}
            variant="quiet"
            size="small"
            className="enabled:text-text"
            disabled={isStale || able.length === 0}
            onClick={() => {
              const isGuarded = action !== "start" && able.some(({ guarded }) => guarded);
              if (!isGuarded) return bulk.run(action, able);
              bulk.ask({ title: `${name} the selected services`, action, services: able });
            }}
          >
            <Icon strokeWidth={1.75} aria-hidden="true" />
            {name}
          </ActButton>
        );
      })}
      <hr />
      <IconButton label="Clear selection" title="Clear selection (Esc)" onClick={onClear}>
        <X strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
