"use client";

import { useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import { Play, RotateCw, ScrollText } from "lucide-react";
import { ActButton } from "@/components/access/act-button";
import { Button } from "@/components/ui/button";
import { Tag } from "@/components/ui/tag";
import { openLog } from "@/lib/client/log-address";
import { logTailQuery } from "@/lib/client/logs";
import { usePendingAction } from "@/lib/client/services";
import type { Service } from "@/lib/contract/services";
import { CauseLine, CauseWords, nameOfCause, wordsOfLine } from "./cause";
import { Lamp } from "./lamp";
import { lastWords } from "./last-words";
import { useStaleSince } from "./stale";
import { can, detailOf, keepsCrashing, signOf, wordOf } from "./states";
import { useAct } from "./use-act";

/** Why a service is down or does not stay up, in words and in its own last ones, and what to do about it. */
export function Why({ service }: { service: Service }) {
  const { display, name, cause } = service;
  const isUp = keepsCrashing(service);
  return (
    <section
      className={clsx("why", isUp && "unsettled")}
      aria-label={`Why ${display} ${isUp ? "keeps crashing" : "is down"}`}
    >
      <h2>
        <Lamp service={service} />
        {titleOf(service)}
        {cause === null ? null : <Tag className="why-kind">{nameOfCause(cause)}</Tag>}
      </h2>
      {isUp ? (
        <p>
          It crashes again and again, though each time it stays up long enough to count as running.
        </p>
      ) : null}
      {cause === null ? null : (
        <>
          {isUp ? null : <p className="second-line">{capitalised(detailOf(service))}</p>}
          <CauseWords cause={cause} />
        </>
      )}
      <LastWords name={name} line={cause?.line ?? null} />
      <WaysOn service={service} />
    </section>
  );
}

function titleOf(service: Service) {
  const title = service.cause?.title ?? detailOf(service);
  return title === "" ? wordOf(signOf(service)) : capitalised(title);
}

function capitalised(text: string) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function WaysOn({ service }: { service: Service }) {
  const act = useAct(service);
  const isPending = usePendingAction(service.name) !== undefined;
  const isStale = useStaleSince() !== null;
  const { name, cause } = service;
  const action = can(service, "start") ? "start" : "restart";
  if (isStale) return null;

  return (
    <div className="buttons">
      {keepsCrashing(service) ? null : (
        <ActButton variant="primary" disabled={isPending} onClick={() => act(action)}>
          {action === "start" ? <Play aria-hidden="true" /> : <RotateCw aria-hidden="true" />}
          {action === "start" ? "Try again" : "Try again now"}
        </ActButton>
      )}
      <Button onClick={() => openLog(name, cause?.line?.stream ?? "err", placeOf(cause))}>
        <ScrollText aria-hidden="true" />
        {cause?.line ? "Log at this line" : "Open log"}
      </Button>
    </div>
  );
}

type LastWordsProps = { name: string; line: NonNullable<Service["cause"]>["line"] };

/**
 * From the err log; from the out log where a program writes everything to that. The line that says why
 * stands by itself where it is not among them.
 */
function LastWords({ name, line }: LastWordsProps) {
  const err = useQuery(logTailQuery({ name, stream: "err", lines: 40 }));
  const errWords = lastWords(err.data?.log ?? "");
  const isErrSilent = err.isSuccess && errWords.length === 0;
  const out = useQuery({
    ...logTailQuery({ name, stream: "out", lines: 40 }),
    enabled: isErrSilent,
  });
  const words = isErrSilent ? lastWords(out.data?.log ?? "") : errWords;

  if (err.isPending || (isErrSilent && out.isPending)) {
    return <div className="quote skeleton h-[126px]" />;
  }
  const cause =
    line === null || words.includes(wordsOfLine(line.text)) ? null : <CauseLine line={line} />;
  if (words.length === 0) {
    return cause ?? <p className="text-muted">It left no words in its logs.</p>;
  }
  return (
    <>
      {cause}
      <figure className="grid gap-1.5">
        <figcaption className="second-line flex items-center gap-2">
          Its last words
          <Tag>{isErrSilent ? "out" : "err"}</Tag>
        </figcaption>
        <div className="quote">
          {words.map((line, index) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
              key={index}
              className={clsx(isTrouble(line) && "text-[var(--ansi-red)]")}
              title={line}
            >
              {line}
            </div>
          ))}
        </div>
      </figure>
    </>
  );
}

function isTrouble(line: string) {
  return /error|exception|fatal|cannot|can't|denied|not found/i.test(line);
}

/** Where the log says why, as in `err:FILE:OFFSET`. */
function placeOf(cause: Service["cause"]): string | undefined {
  const line = cause?.line;
  return line ? `${line.stream}:${line.file}:${line.offset}` : undefined;
}
