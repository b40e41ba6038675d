"use client";

import { useQuery } from "@tanstack/react-query";
import clsx from "clsx";
import { Play, RotateCw, ScrollText } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Tag } from "@/components/ui/tag";
import { useLogAddress } from "@/lib/client/log-address";
import { logTailQuery } from "@/lib/client/logs";
import { usePendingAction } from "@/lib/client/services";
import type { Service } from "@/lib/contract/services";
import { Lamp } from "./lamp";
import { lastWords } from "./last-words";
import { useStaleSince } from "./stale";
import { can, signOf, wordOf } from "./states";
import { useAct } from "./use-act";

/** Why a service is down, in its own last words, and what can be done about it. */
export function Why({ service }: { service: Service }) {
  const act = useAct(service);
  const { openLog } = useLogAddress();
  const isPending = usePendingAction(service.name) !== undefined;
  const isStale = useStaleSince() !== null;
  const { display, name, detail } = service;
  const action = can(service, "start") ? "start" : "restart";

  return (
    <section className="why" aria-label={`Why ${display} is down`}>
      <h2>
        <Lamp service={service} />
        {capitalised(detail)}
      </h2>
      <LastWords name={name} />
      {isStale ? null : (
        <div className="buttons">
          <Button variant="primary" disabled={isPending} onClick={() => act(action)}>
            {action === "start" ? <Play aria-hidden="true" /> : <RotateCw aria-hidden="true" />}
            {action === "start" ? "Try again" : "Try again now"}
          </Button>
          <Button onClick={() => openLog(name, "err")}>
            <ScrollText aria-hidden="true" />
            Open log
          </Button>
        </div>
      )}
    </section>
  );

  function capitalised(text: string) {
    if (text === "") return wordOf(signOf(service));
    return text.charAt(0).toUpperCase() + text.slice(1);
  }
}

/** From the err log; from the out log where a program writes everything to that. */
function LastWords({ name }: { name: string }) {
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
  if (words.length === 0) return <p className="text-muted">It left no words in its logs.</p>;
  return (
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
  );
}

function isTrouble(line: string) {
  return /error|exception|fatal|cannot|can't|denied|not found/i.test(line);
}
