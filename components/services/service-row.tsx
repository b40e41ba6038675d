"use client";

import clsx from "clsx";
import { useId, useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { ErrorPart } from "@/components/ui/error-part";
import { lazily } from "@/components/ui/lazily";
import { atRest } from "@/components/ui/soon";
import { Cell, Row, RowGroup } from "@/components/ui/table";
import { useProgress } from "@/components/updates/use-updating";
import { VersionCell } from "@/components/updates/version-cell";
import { usePendingAction } from "@/lib/client/services";
import { useRunningJob } from "@/lib/client/updates";
import type { Service } from "@/lib/contract/services";
import { AutostartCell } from "./autostart-cell";
import { ChevronRight } from "./icons";
import { Lamp } from "./lamp";
import { RowActions } from "./row-actions";
import { useSelection } from "./selection";
import { ServiceAddress } from "./service-address";
import { useStaleSince } from "./stale";
import { shown, shownStale } from "./states";

const Details = lazily(() => import("./details").then((m) => m.Details));
const DayBar = lazily(() =>
  atRest()
    .then(() => import("./history/day-bar"))
    .then((m) => m.DayBar),
);

export function ServiceRow({ service }: { service: Service }) {
  const [isOpen, setIsOpen] = useState(false);
  const detailsId = useId();
  const staleSince = useStaleSince();
  const { selected, select } = useSelection();
  const pending = usePendingAction(service.name);
  const job = useRunningJob(service.name);
  const progress = useProgress(job !== undefined);
  const { sign, word, detail } = shownNow();
  const isSelected = selected.has(service.name);

  function shownNow() {
    if (staleSince !== null && !pending) return shownStale(service, staleSince);
    return job && progress ? progress.shownUpdating(job) : shown(service, pending);
  }

  return (
    <RowGroup className="service">
      <Row className={clsx("service-row", isOpen && "open", isSelected && "selected")}>
        <Cell className="pick">
          <Checkbox
            aria-label={`Select ${service.display}`}
            title={service.self ? "ControlPilot is left out of what is done to several" : undefined}
            data-key="x"
            disabled={service.self}
            checked={isSelected}
            onChange={(on) => select([service.name], on)}
          />
        </Cell>
        <Cell className="cell-lamp">
          <Lamp service={service} sign={sign} word={word} />
        </Cell>
        <Cell className="cell-name">
          <ServiceAddress service={service} />
        </Cell>
        <Cell className="cell-state">
          <button
            type="button"
            className="state-toggle"
            data-row-toggle
            aria-expanded={isOpen}
            aria-controls={isOpen ? detailsId : undefined}
            onClick={() => setIsOpen(!isOpen)}
          >
            <span className={clsx("state-word", `word-${sign}`)}>
              <span className="truncate">{word}</span>
              <ChevronRight aria-hidden="true" />
            </span>
            <span className="second-line state-detail">{detail}</span>
          </button>
        </Cell>
        <Cell className="cell-day">
          <ErrorPart name={`The last 24 hours of ${service.display}`} isSmall>
            <DayBar service={service} />
          </ErrorPart>
        </Cell>
        <Cell className="cell-version">
          <VersionCell name={service.name} display={service.display} />
        </Cell>
        <Cell className="cell-autostart">
          <AutostartCell service={service} />
        </Cell>
        <Cell className="cell-actions">
          <RowActions service={service} />
        </Cell>
      </Row>
      {isOpen ? <Details service={service} id={detailsId} /> : null}
    </RowGroup>
  );
}
