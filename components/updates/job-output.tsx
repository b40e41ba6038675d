import { useLayoutEffect, useRef, useState } from "react";
import { LogText } from "@/components/logs/log-text";
import { openOutput } from "@/lib/client/update-address";
import type { UpdateJob } from "@/lib/contract/updates";
import { joinOutput } from "./output";
import { useLines } from "./use-lines";
import "@/components/logs/log.css";

const NEAR_PX = 10;

/** What the programs write, as it comes. Its end stays in sight unless the reader scrolls up. */
export function JobOutput({ job }: { job: UpdateJob }) {
  const { blocks } = useLines(useTail(job.output_tail));
  const scroller = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);

  useLayoutEffect(() => {
    const { current } = scroller;
    if (blocks && current && isFollowing.current) current.scrollTop = current.scrollHeight;
  }, [blocks]);

  function onScroll() {
    const { current } = scroller;
    if (!current) return;
    const { scrollHeight, scrollTop, clientHeight } = current;
    isFollowing.current = scrollHeight - scrollTop - clientHeight <= NEAR_PX;
  }

  return (
    <section className="plan-section">
      <h3>Output</h3>
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label="Output"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys
        tabIndex={0}
        className="log output"
        onScroll={onScroll}
      >
        {blocks.length === 0 ? (
          <p className="log-note">Nothing written yet</p>
        ) : (
          <LogText blocks={blocks} />
        )}
      </div>
      <button type="button" className="link" onClick={() => openOutput(job.name, job.id)}>
        Whole output
      </button>
    </section>
  );
}

function useTail(lines: string[]): string {
  const [held, setHeld] = useState({ lines: [] as string[], text: "" });
  if (lines === held.lines) return held.text;
  const text = joinOutput(held.text, lines.join("\n"));
  setHeld({ lines, text });
  return text;
}
