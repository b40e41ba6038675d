"use client";

import { type ReactNode, useState } from "react";
import { ErrorPart } from "@/components/ui/error-part";
import { revealed } from "@/lib/client/logs";
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
 * hidden stays as it is when another stream is chosen. Secrets are not shown until somebody wants to see them.
 */
export function LogViewer(props: LogViewerProps) {
  const pattern = useLogPattern();
  const wishes = useFilterWishes(pattern.pattern);
  const [reveals, setReveals] = useState(false);
  const url = reveals ? revealed(props.url) : props.url;
  const files = reveals ? props.files.map(revealedFile) : props.files;
  const secrets = { areShown: reveals, toggle: () => setReveals(!reveals) };
  return (
    <ErrorPart key={url} name="The log">
      <LogLines {...props} {...{ url, files, pattern, wishes, secrets }} />
    </ErrorPart>
  );
}

function revealedFile(file: LogFile): LogFile {
  return { ...file, href: revealed(file.href) };
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
