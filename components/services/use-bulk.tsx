"use client";

import { type ReactNode, useState } from "react";
import { lazily } from "@/components/ui/lazily";
import { useBulkAction } from "@/lib/client/services";
import type { BulkResult, Service, ServiceAction } from "@/lib/contract/services";
import { tell } from "./tell";

const BulkDialog = lazily(() => import("./bulk-dialog").then((m) => m.BulkDialog));

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
    const names = results.map(({ name }) => name);
    const startAgain = () => runNames("start", names);
    tell((reports) => reports.tellBulk({ results, action, services, startAgain }));
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
  tell((reports) => reports.tellNoBulk(error, action));
}

function namesOf(services: Service[]) {
  return services.map(({ name }) => name);
}
