"use client";

import { useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import type { ReactNode } from "react";
import { openLog } from "@/lib/client/log-address";
import { logInfoQuery } from "@/lib/client/logs";
import type { LogStream } from "@/lib/contract/logs";
import type { Service } from "@/lib/contract/services";
import { countOf, formatClock, formatMoment, formatSize } from "./format";

export function Facts({ service, isWide }: { service: Service; isWide: boolean }) {
  return (
    <dl className={clsx("facts", isWide && "wide")}>
      {factsOf(service).map(([term, description]) => (
        <Fact key={term} term={term}>
          {description}
        </Fact>
      ))}
      <Fact term="Logs">
        <LogLink service={service} stream="err" />
        <span className="text-faint"> and </span>
        <LogLink service={service} stream="out" />
      </Fact>
      <Fact term="Config">
        <code className="text-12">[program:{service.name.split(":").at(-1)}]</code>
      </Fact>
    </dl>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}

export function factsOf(service: Service): [string, string][] {
  const { started_at, stopped_at, pid, port, public_port, restarts_last_hour } = service;
  const facts: [string, string | null][] = [
    ["Started", started_at && formatMoment(new Date(started_at))],
    ["Ended", stopped_at && `${formatMoment(new Date(stopped_at))}${exitOf(service)}`],
    ["Tries", triesOf(service)],
    ["Last hour", restarts_last_hour > 0 ? countOf(restarts_last_hour, "restart") : null],
    ["Process", pid ? `pid ${pid}` : null],
    [
      "Port",
      port === null ? null : `${port}${public_port ? "" : ", from the machine itself only"}`,
    ],
    ["Autostart", autostartOf(service)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

function exitOf({ exit_status, exit_signal }: Service) {
  if (exit_signal !== null) return `, by ${exit_signal}`;
  return exit_status === null ? "" : `, exited with ${exit_status}`;
}

function triesOf({ state, clock: { tries, next_try_at } }: Service) {
  if (tries === 0) return null;
  if (state === "FATAL") return `${tries}, then gave up`;
  if (state !== "BACKOFF") return null;
  return next_try_at === null
    ? `${tries}`
    : `${tries}, next at ${formatClock(new Date(next_try_at))}`;
}

/** The file, what supervisord has loaded, and the process are three things, and may differ. */
export function autostartOf({ autostart, autostart_loaded, running }: Service) {
  const inFile = `${autostart ? "on" : "off"} in the file`;
  const loaded =
    autostart_loaded === null ? "" : `, ${autostart_loaded ? "on" : "off"} when loaded`;
  return `${inFile}${loaded}, ${running ? "running" : "not running"} now`;
}

function LogLink({ service, stream }: { service: Service; stream: LogStream }) {
  const info = useQuery(logInfoQuery({ name: service.name, stream }));
  const size = info.data ? ` ${formatSize(info.data.size)}` : "";
  return (
    <button
      type="button"
      className="link"
      aria-label={`${stream} log of ${service.display}${size}`}
      onClick={() => openLog(service.name, stream)}
    >
      {stream}
      {size}
    </button>
  );
}
