// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useRef, useState } from "react";
import { afterEach, expect, it } from "vitest";
import { LogBook } from "@/lib/client/log/book";
import { type PauseReason, useFollow } from "./use-follow";
import { useReader } from "./use-reader";

afterEach(cleanup);

function Text({ why }: { why: PauseReason | null }) {
  const [view] = useState(() => new LogBook().view());
  const follow = useFollow(view);
  const scroller = useRef<HTMLDivElement>(null);
  const { onScroll, listeners } = useReader(scroller, follow);
  return (
    <>
      <div ref={scroller} role="log" onScroll={onScroll} {...listeners}>
        <button type="button">in context</button>
      </div>
      <output>{follow.pausedFor ?? "following"}</output>
      <button type="button" onClick={() => why && follow.pause(why)}>
        Pause
      </button>
    </>
  );
}

/** Of 1000 px, 100 are in sight. */
function open(why: PauseReason | null = null) {
  render(<Text why={why} />);
  const log = screen.getByRole("log");
  Object.defineProperties(log, { scrollHeight: { value: 1000 }, clientHeight: { value: 100 } });
  const scrollTo = (top: number) => {
    log.scrollTop = top;
    fireEvent.scroll(log);
  };
  scrollTo(900);
  fireEvent.click(screen.getByRole("button", { name: "Pause" }));
  return { log, scrollTo, state: () => screen.getByRole("status").textContent };
}

it("pauses as the reader moves up, and goes on once they are back at the end", () => {
  const { log, scrollTo, state } = open();
  fireEvent.wheel(log);
  scrollTo(400);
  expect(state()).toBe("scrolled");
  scrollTo(700);
  expect(state()).toBe("scrolled");
  scrollTo(895);
  expect(state()).toBe("following");
});

it.each([
  ["sought", "following"],
  ["asked", "asked"],
] as const)("back at the end, a reader for whom it was %s finds it %s", (why, end) => {
  const { log, scrollTo, state } = open(why);
  fireEvent.wheel(log);
  scrollTo(400);
  expect(state()).toBe(why);
  scrollTo(900);
  expect(state()).toBe(end);
});

it("takes text that moves by itself for no doing of the reader, not even after a click in it", () => {
  const { log, scrollTo, state } = open();
  fireEvent.pointerDown(screen.getByRole("button", { name: "in context" }));
  fireEvent.pointerUp(screen.getByRole("button", { name: "in context" }));
  scrollTo(400);
  expect(state()).toBe("following");

  fireEvent.pointerDown(log);
  scrollTo(300);
  expect(state()).toBe("scrolled");
});
