import { CaseSensitive, ChevronDown, ChevronUp, Search } from "lucide-react";
import type { KeyboardEvent, RefObject } from "react";
import { IconButton } from "@/components/ui/button";
import { MOST_HITS } from "./find";
import type { Find } from "./use-find";

type FindBarProps = { find: Find; input: RefObject<HTMLInputElement | null> };

export function FindBar({ find, input }: FindBarProps) {
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Enter") find.step(event.shiftKey ? -1 : 1);
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers of before 2023 do not know the element
    <div role="search" className="field log-find">
      <Search className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
      <input
        ref={input}
        type="text"
        aria-label="Find in this log"
        placeholder="Find in this log"
        autoComplete="off"
        spellCheck={false}
        value={find.text}
        onChange={(event) => find.setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <output className="text-12 whitespace-nowrap">{countOf(find)}</output>
      <div className="flex">
        <IconButton
          label="Previous match"
          disabled={find.count === 0}
          onClick={() => find.step(-1)}
        >
          <ChevronUp strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
        <IconButton label="Next match" disabled={find.count === 0} onClick={() => find.step(1)}>
          <ChevronDown strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
        <IconButton label="Match case" pressed={find.matchesCase} onClick={find.toggleCase}>
          <CaseSensitive strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
      </div>
    </div>
  );
}

function countOf({ text, count, index }: Find): string {
  if (text === "") return "";
  if (count === 0) return "No match";
  return `${index + 1} of ${count}${count >= MOST_HITS ? "+" : ""}`;
}
