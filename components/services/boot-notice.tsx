"use client";

import { useQuery } from "@tanstack/react-query";
import { lazily } from "@/components/ui/lazily";
import { supervisorQuery } from "@/lib/client/supervisor";
import { useHidden } from "./use-hidden";

const HIDDEN_KEY = "controlpilot.hidden-boot";

const BootProblems = lazily(() => import("./boot-problems").then((m) => m.BootProblems));

/** What went wrong when the machine came up, until it is hidden; then until something else goes wrong. */
export function BootNotice() {
  const problems = useQuery(supervisorQuery()).data?.boot.problems ?? [];
  const { isHidden, hide } = useHidden(HIDDEN_KEY, problems);
  if (isHidden || problems.length === 0) return null;
  return <BootProblems problems={problems} onHide={hide} />;
}
