"use client";

import { type ReactNode, useState } from "react";
import { lazily } from "@/components/ui/lazily";
import { notify } from "@/components/ui/toast";
import { useBulkAction } from "@/lib/client/services";
import type { BulkResult, Service, ServiceAction } from "@/lib/contract/services";
import { sentenceOf } from "./errors";
import { countOf } from "./format";
import { SignIcon } from "./lamp";

const BulkDialog = lazily(() => import("./bulk-dialog").then((m) => m.BulkDialog));

const done = { start: "started", restart: "restarted", stop: "stopped" };

type Act = (action: ServiceAction, services: Service[]) => void;
type Question = { title: string; action: ServiceAction; services: Service[] };

export type Bulk = {
  run: Act;
  /** Shows what would be done, and leaves out what is guarded unless it is ticked. */
  ask: (question: Question) => void;
  dialog: ReactNode;
};

/** Acts on several services side by side and tells how it went. */
export function useBulk(services: Service[]): Bulk {
  const [question, setQuestion] = useState<Question | null>(null);
  const act = useBulkAction({ onSuccess: report, onError: reportFailure });

  const runNames = (action: ServiceAction, names: string[]) => act({ action, names });
  const run: Act = (action, chosen) => runNames(action, namesOf(chosen));
  function report(results: BulkResult[], action: ServiceAction) {
    const failed = results.filter(({ status }) => status === "error");
    if (failed.length > 0) return reportSome(failed, results.length, action);
    const names = results.map(({ name }) => name);
    notify({
      icon: <SignIcon sign={action === "stop" ? "stopped" : "running"} />,
      title: `${countOf(results.length, "service")} ${done[action]}`,
      actions:
        action === "stop"
          ? [{ label: "Start again", onClick: () => runNames("start", names) }]
          : [],
    });
  }

  function reportSome(failed: BulkResult[], total: number, action: ServiceAction) {
    const sentences = failed.map(
      ({ name, detail }) => `${displayOf(name)}: ${detail ?? "no reason given"}`,
    );
    notify({
      tone: "bad",
      icon: <SignIcon sign="fatal" />,
      title: `${failed.length} of ${countOf(total, "service")} did not ${action}`,
      text: (
        <ul className="grid gap-1">
          {sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      ),
      copy: sentences.join("\n"),
    });
  }

  function displayOf(name: string) {
    return services.find((service) => service.name === name)?.display ?? name;
  }

  const dialog =
    question === null ? null : (
      <BulkDialog
        {...question}
        onAct={(chosen) => run(question.action, chosen)}
        onClose={() => setQuestion(null)}
      />
    );
  return { run, ask: setQuestion, dialog };
}

function reportFailure(error: Error, action: ServiceAction) {
  notify({
    tone: "bad",
    icon: <SignIcon sign="fatal" />,
    title: `The services were not ${done[action]}`,
    text: sentenceOf(error),
    copy: sentenceOf(error),
  });
}

function namesOf(services: Service[]) {
  return services.map(({ name }) => name);
}
