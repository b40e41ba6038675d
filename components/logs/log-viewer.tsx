"use client";

import type { ReactNode } from "react";
import type { LogStreams } from "@/lib/contract/logs";
import type { LogFile } from "./log-bar";
import { LogLines } from "./log-lines";
import { useFilterWishes } from "./use-log-filter";
import { useLogPattern } from "./use-log-find";
import "./log.css";

export type LogViewerProps = {
  /** Streams the lines. */
  url: string;
  /** Whose lines they are, each with the name that people know. */
  services: readonly { name: string; display: string }[];
  stream: LogStreams;
  title: string;
  /** A line to show first, as in `err:FILE:OFFSET`. */
  at?: string | undefined;
  files: readonly LogFile[];
  /** Whose log can be cleared from here; null where it cannot. */
  clearable: string | null;
  /** What stands at the start of the bar. */
  children?: ReactNode;
};

/**
 * The lines of one log or of several: everything in the frame but its head. What is sought and what is
 * hidden stays as it is when another stream is chosen.
 */
export function LogViewer(props: LogViewerProps) {
  const pattern = useLogPattern();
  const wishes = useFilterWishes(pattern.pattern);
  return <LogLines key={props.url} {...props} pattern={pattern} wishes={wishes} />;
}

/** For a dialog that is opened with a log in it: the text takes the keys. */
export function focusOnLog(event: Event) {
  event.preventDefault();
  const { currentTarget } = event;
  if (!(currentTarget instanceof HTMLElement)) return;
  (currentTarget.querySelector<HTMLElement>(".log") ?? currentTarget).focus({
    preventScroll: true,
  });
}
