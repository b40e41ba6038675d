import { Ban, Check } from "lucide-react";
import { useNow } from "@/components/services/ago";
import { formatDuration, formatMoment } from "@/components/services/format";
import { SignIcon } from "@/components/services/lamp";
import { Cell, ColumnHeader, Row, Table } from "@/components/ui/table";
import type { ActivityEntry, ActivityResult } from "@/lib/contract/activity";
import type { Service } from "@/lib/contract/services";
import { sayActivity } from "@/lib/words/activity";

const HEADS = ["When", "Who", "What", "Result"];
const RESULTS: Record<ActivityResult, string> = {
  ok: "Done",
  refused: "Refused",
  failed: "Failed",
};

type ActivityTableProps = { entries: ActivityEntry[]; services: Service[] };

export function ActivityTable({ entries, services }: ActivityTableProps) {
  const displayOf = (name: string) =>
    services.find((service) => service.name === name)?.display ?? name;
  return (
    <Table aria-label="Activity" className="records card">
      <Row className="records-head activity-head">
        <ColumnHeader>
          <span className="sr-only">Sign</span>
        </ColumnHeader>
        {HEADS.map((head) => (
          <ColumnHeader key={head}>{head}</ColumnHeader>
        ))}
      </Row>
      {entries.map((entry) => (
        <ActivityRow key={entry.id} entry={entry} what={sayActivity(entry, displayOf)} />
      ))}
    </Table>
  );
}

function ActivityRow({ entry, what }: { entry: ActivityEntry; what: string }) {
  const { time, actor, address, result, error } = entry;
  return (
    <Row className="record activity-row">
      <Cell className="activity-sign">
        <ResultSign result={result} />
      </Cell>
      <Cell className="activity-when">
        <When at={new Date(time)} />
      </Cell>
      <Cell className="activity-who">
        <p>{actor}</p>
        <p className="second-line">{address}</p>
      </Cell>
      <Cell className="activity-what">{what}</Cell>
      <Cell className="activity-result">
        <p>{RESULTS[result]}</p>
        {error === undefined ? null : <p className="second-line">{error}</p>}
      </Cell>
    </Row>
  );
}

function When({ at }: { at: Date }) {
  const seconds = (useNow() - at.getTime()) / 1000;
  return (
    <time dateTime={at.toISOString()} title={formatMoment(at)}>
      {formatDuration(seconds)} ago
    </time>
  );
}

/** How it went, by shape. */
function ResultSign({ result }: { result: ActivityResult }) {
  if (result === "ok") return <Check className="text-running" aria-hidden="true" />;
  if (result === "refused") return <Ban aria-hidden="true" />;
  return <SignIcon sign="fatal" />;
}
