"use client";

import { type KeyboardEvent, useRef } from "react";
import { ActButton } from "@/components/access/act-button";
import { useKeys } from "@/components/layout/keys";
import { Segmented } from "@/components/ui/segmented";
import { Kbd } from "@/components/ui/tag";
import type { Service } from "@/lib/contract/services";
import { everything, type Filter, matches } from "./filter";
import { Play, Search, Square } from "./icons";
import { useStaleSince } from "./stale";
import { can, signOf } from "./states";
import type { Bulk } from "./use-bulk";

type ToolbarProps = {
  services: Service[];
  filter: Filter;
  onFilter: (filter: Filter) => void;
  bulk: Bulk;
};

export function Toolbar({ services, filter, onFilter, bulk }: ToolbarProps) {
  const field = useRef<HTMLInputElement>(null);
  const isStale = useStaleSince() !== null;
  useKeys({ "/": () => field.current?.focus() });

  const countOf = (show: Filter["show"]) =>
    services.filter((service) => matches(service, { ...everything, show })).length;
  const startable = services.filter(isDownAgainstWill);
  const stoppable = services.filter((service) => !service.self && can(service, "stop"));

  function leave(event: KeyboardEvent) {
    if (event.key !== "Escape") return;
    if (filter.text === "") field.current?.blur();
    onFilter({ ...filter, text: "" });
  }

  return (
    <div className="tools">
      <label className="field">
        <Search className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
        <input
          ref={field}
          type="search"
          placeholder="Filter services"
          aria-label="Filter services"
          value={filter.text}
          onChange={(event) => onFilter({ ...filter, text: event.target.value })}
          onKeyDown={leave}
        />
        <Kbd>/</Kbd>
      </label>
      <Segmented
        label="Show"
        value={filter.show}
        onChange={(show) => onFilter({ ...filter, show })}
        options={[
          { value: "all", label: `All ${countOf("all")}` },
          { value: "need", label: `Need you ${countOf("need")}` },
          { value: "up", label: `Up ${countOf("up")}` },
        ]}
      />
      {isStale ? null : (
        <div className="tools-end">
          <ActButton
            className={narrow}
            title="Start all that are stopped or have failed"
            disabled={startable.length === 0}
            onClick={() => bulk.run("start", startable)}
          >
            <Play strokeWidth={1.75} aria-hidden="true" />
            <span className="max-[599px]:sr-only">Start all</span>
          </ActButton>
          <ActButton
            className={narrow}
            disabled={stoppable.length === 0}
            onClick={() => bulk.ask({ title: "Stop all", action: "stop", services: stoppable })}
          >
            <Square strokeWidth={1.75} aria-hidden="true" />
            <span className="max-[599px]:sr-only">Stop all</span>
          </ActButton>
        </div>
      )}
    </div>
  );
}

/** Only the sign, on a narrow screen. */
const narrow = "max-[599px]:w-(--ctl) max-[599px]:px-0";

/** What has finished as it should is left alone. */
function isDownAgainstWill(service: Service) {
  return ["stopped", "fatal", "exitbad"].includes(signOf(service));
}
