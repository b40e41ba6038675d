"use client";

import { useQuery } from "@tanstack/react-query";
import { Download, WrapText, X } from "lucide-react";
import * as Dialog from "radix-ui/dialog";
import { useRef } from "react";
import { FindBar } from "@/components/logs/find-bar";
import { LogText } from "@/components/logs/log-text";
import { useFind } from "@/components/logs/use-find";
import { topLine } from "@/components/logs/use-place";
import { useWrap } from "@/components/logs/use-wrap";
import { sentenceOf } from "@/components/services/errors";
import { IconButton } from "@/components/ui/button";
import { CopyIconButton } from "@/components/ui/copy-button";
import { type Opener, useFocusReturn } from "@/components/ui/focus-return";
import { staysForToasts } from "@/components/ui/toast";
import { closeUpdate } from "@/lib/client/update-address";
import { updateOutputQuery, updateOutputUrl } from "@/lib/client/update-details";
import { useRunningJob } from "@/lib/client/updates";
import { useLines } from "./use-lines";
import { useReveal } from "./use-reveal";
import "@/components/logs/log-modal.css";

type WholeOutputProps = { name: string; display: string; job: string; opener: Opener | null };

/** All that the programs of one job wrote, as a log. */
export function WholeOutput({ name, display, job, opener }: WholeOutputProps) {
  const isGrowing = useRunningJob(name)?.id === job;
  const output = useQuery(updateOutputQuery(name, job, isGrowing));
  const text = output.data ?? "";
  const { blocks } = useLines(text);
  const scroller = useRef<HTMLDivElement>(null);
  const findInput = useRef<HTMLInputElement>(null);
  const find = useFind(blocks, () => topLine(scroller.current));
  const [wraps, toggleWrap] = useWrap();
  const returnFocus = useFocusReturn(opener);
  const title = `Output of the update of ${display}`;
  useReveal(find, scroller);

  function focusOnText(event: Event) {
    event.preventDefault();
    scroller.current?.focus({ preventScroll: true });
  }

  return (
    <Dialog.Root open onOpenChange={(open) => open || closeUpdate()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim log-scrim">
          <Dialog.Content
            className="log-modal"
            aria-describedby={undefined}
            onOpenAutoFocus={focusOnText}
            onCloseAutoFocus={returnFocus}
            onInteractOutside={staysForToasts}
          >
            <header className="log-head">
              <Dialog.Title className="log-title min-w-0 max-w-none flex-1">{title}</Dialog.Title>
              <CopyIconButton text={text} label="Copy the output" />
              <a
                className="icon-btn"
                href={updateOutputUrl(name, job)}
                download={`${name}-update-${job}.log`}
                aria-label="Download the output"
                title="Download the output"
              >
                <Download strokeWidth={1.75} aria-hidden="true" />
              </a>
              <Dialog.Close asChild>
                <IconButton label="Close">
                  <X strokeWidth={1.75} aria-hidden="true" />
                </IconButton>
              </Dialog.Close>
            </header>
            <div className="log-tools border-b border-border">
              <FindBar find={find} input={findInput} />
              <IconButton label="Wrap lines" pressed={wraps} onClick={toggleWrap}>
                <WrapText strokeWidth={1.75} aria-hidden="true" />
              </IconButton>
            </div>
            <div
              ref={scroller}
              role="log"
              aria-live="off"
              aria-label={title}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys
              tabIndex={0}
              className={wraps ? "log" : "log log-nowrap"}
            >
              {output.data === undefined || text === "" ? (
                <p className="log-note">{stateOf(output)}</p>
              ) : (
                <div className="log-content">
                  <LogText blocks={blocks} found={find.found} now={find.now} />
                </div>
              )}
            </div>
          </Dialog.Content>
        </Dialog.Overlay>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function stateOf({ error, isPending }: { error: Error | null; isPending: boolean }) {
  if (error) return sentenceOf(error);
  return isPending ? "Loading the output" : "Nothing was written.";
}
