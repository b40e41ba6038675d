"use client";

import { FileQuestionMark, SearchX, ServerOff } from "lucide-react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Empty } from "@/components/ui/empty";
import { reasonOf, whoIsAway } from "./away-notice";
import { countOf } from "./format";

export function NeverSeen({ error }: { error: Error }) {
  const who = whoIsAway(error);
  const details = `${who} has not been seen yet at ${window.location.href}: ${error.message}`;
  return (
    <Empty
      icon={ServerOff}
      title={`${who} has not been seen yet`}
      className="card"
      actions={<CopyButton text={details}>Copy details</CopyButton>}
    >
      {reasonOf(error)} It may still be booting; this page goes on trying.
    </Empty>
  );
}

export function NoPrograms() {
  return (
    <Empty icon={FileQuestionMark} title="No programs yet" className="card">
      supervisord runs, but its config names no program. Programs appear here once it has loaded
      them.
    </Empty>
  );
}

type NoMatchProps = { text: string; show: string; hidden: number; onClear: () => void };

export function NoMatch({ text, show, hidden, onClear }: NoMatchProps) {
  const title = text === "" ? emptyTitles[show] : `No service matches “${text}”`;
  return (
    <Empty
      icon={SearchX}
      title={title ?? "No service matches"}
      className="card"
      actions={<Button onClick={onClear}>Clear filter</Button>}
    >
      {countOf(hidden, "service")} {hidden === 1 ? "is" : "are"} hidden by the filter.
    </Empty>
  );
}

const emptyTitles: Record<string, string> = {
  need: "No service needs you",
  up: "No service is up",
};
