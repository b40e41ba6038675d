import type { ComponentProps } from "react";
import type { Day } from "./day";
import { stretchPath, tickPath } from "./day-lines";
import "./history.css";

type DayChartProps = ComponentProps<"svg"> & { day: Day; height: number };

/** As wide as its place and `height` pixels high; strokes keep their width however it is stretched. */
export function DayChart({ day, height, ...props }: DayChartProps) {
  const { crashes, failedStarts, starts } = day;
  const middle = height / 2;
  const ticks = (moments: number[]) => tickPath(day, moments, 2, height - 2);
  return (
    <svg
      viewBox={`0 0 100 ${height}`}
      height={height}
      preserveAspectRatio="none"
      aria-hidden="true"
      className="day-chart"
      {...props}
    >
      <path className="day-unknown" d={stretchPath(day, "unknown", middle)} />
      <path className="day-down" d={stretchPath(day, "down", middle)} />
      <path className="day-up" d={stretchPath(day, "up", middle)} />
      <path className="day-start" d={ticks(starts)} />
      <path className="day-crash" d={ticks([...crashes, ...failedStarts])} />
    </svg>
  );
}
