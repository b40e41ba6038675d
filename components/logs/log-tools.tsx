import clsx from "clsx";
import {
  CaseSensitive,
  ChevronDown,
  ChevronUp,
  EyeOff,
  ListFilter,
  Regex,
  Search,
} from "lucide-react";
import type { KeyboardEvent, RefObject } from "react";
import { Button, IconButton } from "@/components/ui/button";
import type { Level } from "@/lib/client/log/types";
import { formatCount } from "./count-words";
import type { LogFilter } from "./use-log-filter";
import { type LogFind, MOST_HITS, type Pattern } from "./use-log-find";
import type { LogSearch } from "./use-log-search";

type LogToolsProps = {
  pattern: Pattern;
  find: LogFind;
  filter: LogFilter;
  search: LogSearch;
  levels: Readonly<Record<Level, number>>;
  input: RefObject<HTMLInputElement | null>;
  onText: (text: string) => void;
  onStep: (by: 1 | -1) => void;
};

/** Find, and what is left out of sight. */
export function LogTools({
  pattern,
  find,
  filter,
  search,
  levels,
  input,
  onText,
  onStep,
}: LogToolsProps) {
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Enter") onStep(event.shiftKey ? -1 : 1);
  }
  const total = find.count + search.count;
  return (
    <div className="log-tools">
      {/* biome-ignore lint/a11y/useSemanticElements: browsers of before 2023 do not know the element */}
      <div role="search" className={clsx("field log-find", pattern.isInvalid && "field-bad")}>
        <Search className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
        <input
          ref={input}
          type="text"
          aria-label="Find in this log"
          aria-invalid={pattern.isInvalid}
          placeholder="Find in this log"
          autoComplete="off"
          spellCheck={false}
          value={pattern.text}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <output className="text-12 whitespace-nowrap">{countOf(pattern, find, search)}</output>
        <div className="flex">
          <IconButton label="Previous match" disabled={total === 0} onClick={() => onStep(-1)}>
            <ChevronUp strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
          <IconButton label="Next match" disabled={total === 0} onClick={() => onStep(1)}>
            <ChevronDown strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
          <IconButton label="Match case" pressed={pattern.matchesCase} onClick={pattern.toggleCase}>
            <CaseSensitive strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
          <IconButton
            label="Regular expression"
            pressed={pattern.isRegex}
            onClick={pattern.toggleRegex}
          >
            <Regex strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
        </div>
      </div>
      <label className="field log-hide">
        <EyeOff className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
        <input
          type="text"
          aria-label="Hide lines with"
          placeholder="Hide lines with"
          autoComplete="off"
          spellCheck={false}
          value={filter.hidden}
          onChange={(event) => filter.setHidden(event.target.value)}
        />
      </label>
      <Button aria-pressed={filter.onlyHits} className="log-only" onClick={filter.toggleOnly}>
        <ListFilter strokeWidth={1.75} aria-hidden="true" />
        Only hits
      </Button>
      <div className="log-levels">
        <LevelChip level="error" word="Errors" {...{ levels, filter }} />
        <LevelChip level="warn" word="Warnings" {...{ levels, filter }} />
        <LevelChip level="info" word="Info" {...{ levels, filter }} />
      </div>
    </div>
  );
}

type LevelChipProps = {
  level: Level;
  word: string;
  levels: Readonly<Record<Level, number>>;
  filter: LogFilter;
};

function LevelChip({ level, word, levels, filter }: LevelChipProps) {
  const isOn = filter.levels.has(level);
  if (levels[level] === 0 && !isOn) return null;
  return (
    <button
      type="button"
      className={`log-level log-level-${level}`}
      aria-pressed={isOn}
      title={isOn ? "Show the other lines too" : "Show only these lines"}
      onClick={() => filter.toggleLevel(level)}
    >
      {word} {formatCount(levels[level])}
    </button>
  );
}

function countOf(
  { text, isInvalid }: Pattern,
  { count, index }: LogFind,
  search: LogSearch,
): string {
  if (text === "") return "";
  if (isInvalid) return "Not a pattern";
  const total = count + search.count;
  if (total === 0) return search.isSearching ? "Searching" : "No match";
  const more = count >= MOST_HITS || search.isSearching ? "+" : "";
  return `${search.count + index + 1} of ${total}${more}`;
}
