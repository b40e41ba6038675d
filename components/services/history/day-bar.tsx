"use client";

import { useFreshHistory } from "@/lib/client/history";
import type { Service } from "@/lib/contract/services";
import { DayChart } from "./day-chart";
import { dayWords } from "./day-words";
import { useDay } from "./use-day";

/** The last 24 hours of a service in its row. */
export function DayBar({ service }: { service: Service }) {
  useFreshHistory(service);
  const day = useDay(service);
  if (day === null) return null;
  const name = `${service.display}, last 24 hours: ${dayWords(day)}`;
  return <DayChart day={day} height={22} role="img" aria-hidden={undefined} aria-label={name} />;
}
