"use client";

import clsx from "clsx";
import type { Service } from "@/lib/contract/services";
import { formatTime } from "../format";
import type { Day } from "./day";
import { DayChart } from "./day-chart";
import { hourMarks } from "./day-lines";
import { dayWords } from "./day-words";
import { Events } from "./events";
import { useDay } from "./use-day";

/** What happened to a service: the line of its last 24 hours, in words too, and each event under it. */
export function TimeLine({ service }: { service: Service }) {
  const day = useDay(service);
  return (
    <section className="day" aria-label={`What happened to ${service.display}`}>
      <div className="day-head">
        <h2>Last 24 hours</h2>
        {day === null ? null : <p className="second-line">{dayWords(day)}</p>}
      </div>
      <div className="day-room">
        {day === null ? null : (
          <>
            <DayChart day={day} height={30} />
            <Hours day={day} />
          </>
        )}
      </div>
      <Events service={service} />
    </section>
  );
}

function Hours({ day }: { day: Day }) {
  return (
    <div className="day-hours" aria-hidden="true">
      <span className="day-fine">{formatTime(new Date(day.from))} yesterday</span>
      {hourMarks(day).map(({ text, percent, isCoarse }) => (
        <span
          key={percent}
          className={clsx(!isCoarse && "day-fine")}
          style={{ left: `${percent}%` }}
        >
          {text}
        </span>
      ))}
      <span>now</span>
    </div>
  );
}
