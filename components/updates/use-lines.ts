import { useState } from "react";
import { advance, EMPTY_VIEW, type LogView } from "@/lib/client/terminal/view";

const MOST_LINES = 50_000;

/** Growing text, read as a terminal would show it. Lines that stayed the same are the same objects. */
export function useLines(text: string): LogView {
  const [read, setRead] = useState({ text: "", view: EMPTY_VIEW });
  if (text === read.text) return read.view;
  const view = advance(read.view, { log: text, offset: 0 }, MOST_LINES);
  setRead({ text, view });
  return view;
}
