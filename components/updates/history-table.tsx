import { ArrowRight, ScrollText, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { ActButton } from "@/components/access/act-button";
import { useNow } from "@/components/services/ago";
import { SignIcon } from "@/components/services/lamp";
import { Button, IconButton } from "@/components/ui/button";
import { Cell, ColumnHeader, Row, Table } from "@/components/ui/table";
import { openJob, openOutput, openUpdate } from "@/lib/client/update-address";
import type { JobSummary } from "@/lib/client/updates";
import type { Service } from "@/lib/contract/services";
import type { HistoryEntry } from "@/lib/contract/updates";
import { EndSign } from "./end-sign";
import { nameVersion, shortVersion } from "./format";
import { resultOf, triggerOf } from "./history";
import { progressOf, targetOf } from "./progress";
import { formatTook, formatWhen } from "./times";

type HistoryTableProps = {
  entries: HistoryEntry[];
  running: JobSummary[];
  services: Service[];
};

const HEADS = ["When", "Service", "From and to", "Result", "By", "Took"];

export function HistoryTable({ entries, running, services }: HistoryTableProps) {
  const displayOf = (name: string) =>
    services.find((service) => service.name === name)?.display ?? name;
  return (
    <Table aria-label="Update history" className="records card">
      <Row className="records-head history-head">
        <ColumnHeader>
          <span className="sr-only">Sign</span>
        </ColumnHeader>
        {HEADS.map((head) => (
          <ColumnHeader key={head}>{head}</ColumnHeader>
        ))}
        <ColumnHeader>
          <span className="sr-only">Actions</span>
        </ColumnHeader>
      </Row>
      {running.map((job) => (
        <RunningRow key={job.id} job={job} display={displayOf(job.name)} />
      ))}
      {entries.map((entry) => (
        <EntryRow key={`${entry.timestamp} ${entry.service}`} entry={entry} />
      ))}
    </Table>
  );
}

function RunningRow({ job, display }: { job: JobSummary; display: string }) {
  const now = useNow() / 1000;
  const { where } = progressOf(job);
  return (
    <HistoryRow
      sign={<SignIcon sign="updating" />}
      when="now"
      display={display}
      from={job.installed_before}
      to={targetOf(job)}
      result={{ word: "Running", detail: where }}
      by={job.trigger === "boot" ? "boot" : "you"}
      took={formatTook(now - job.started_at)}
    >
      <Button
        variant="quiet"
        size="small"
        aria-label={`Watch the update of ${display}`}
        onClick={() => openJob(job.name, job.id)}
      >
        Watch
      </Button>
      <OutputButton name={job.name} job={job.id} of={`the update of ${display} that runs`} />
    </HistoryRow>
  );
}

function EntryRow({ entry }: { entry: HistoryEntry }) {
  const { service, display, before, job_id: job, state } = entry;
  const when = formatWhen(new Date(entry.timestamp));
  const to = state === "done" ? (entry.after ?? entry.target) : (entry.target ?? entry.after);
  return (
    <HistoryRow
      sign={<EndSign job={{ state, whole: true }} />}
      when={<time dateTime={entry.timestamp}>{when}</time>}
      display={display}
      from={before}
      to={to}
      result={resultOf(entry)}
      by={triggerOf(entry)}
      took={entry.duration_seconds == null ? null : formatTook(entry.duration_seconds)}
    >
      {entry.can_roll_back && job ? (
        <ActButton
          variant="quiet"
          size="small"
          aria-label={`Back to ${shortVersion(before)}, ${display}`}
          onClick={() => openUpdate({ name: service, view: "back", job })}
        >
          <Undo2 strokeWidth={1.75} aria-hidden="true" />
          Back to {shortVersion(before)}
        </ActButton>
      ) : null}
      {entry.has_log && job ? (
        <OutputButton name={service} job={job} of={`the update of ${display}, ${when}`} />
      ) : null}
    </HistoryRow>
  );
}

function OutputButton({ name, job, of }: { name: string; job: string; of: string }) {
  return (
    <IconButton label={`Log of ${of}`} onClick={() => openOutput(name, job)}>
      <ScrollText strokeWidth={1.75} aria-hidden="true" />
    </IconButton>
  );
}

type HistoryRowProps = {
  sign: ReactNode;
  when: ReactNode;
  display: string;
  from: string | null;
  to: string | null;
  result: { word: string; detail: string | null };
  by: string;
  took: string | null;
  /** What can be done about it. */
  children: ReactNode;
};

function HistoryRow({ result, ...row }: HistoryRowProps) {
  return (
    <Row className="record history-row">
      <Cell className="history-sign">{row.sign}</Cell>
      <Cell className="history-when">{row.when}</Cell>
      <Cell className="history-service">{row.display}</Cell>
      <Cell className="history-versions">
        {nameVersion(row.from ?? "nothing")}
        <span className="history-to">
          <ArrowRight aria-hidden="true" />
          {nameVersion(row.to ?? "the newest")}
        </span>
      </Cell>
      <Cell className="history-result">
        <p>{result.word}</p>
        {result.detail ? (
          <p className="second-line" title={result.detail}>
            {result.detail}
          </p>
        ) : null}
      </Cell>
      <Cell className="history-by">{row.by}</Cell>
      <Cell className="history-took">{row.took}</Cell>
      <Cell className="history-actions">{row.children}</Cell>
    </Row>
  );
}
