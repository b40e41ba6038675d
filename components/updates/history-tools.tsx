import { Search } from "lucide-react";
import { useRef } from "react";
import { useKeys } from "@/components/layout/keys";
import { Segmented } from "@/components/ui/segmented";
import type { HistoryEntry } from "@/lib/contract/updates";
import { type HistoryFilter, matchesHistory, type Show, wholeHistory } from "./history";

type HistoryToolsProps = {
  entries: HistoryEntry[];
  filter: HistoryFilter;
  onFilter: (filter: HistoryFilter) => void;
};

export function HistoryTools({ entries, filter, onFilter }: HistoryToolsProps) {
  const field = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => field.current?.focus() });
  const countOf = (show: Show) =>
    entries.filter((entry) => matchesHistory(entry, { ...wholeHistory, show })).length;

  return (
    <div className="tools history-tools">
      <label className="field">
        <Search className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
        <input
          ref={field}
          type="search"
          placeholder="Filter history"
          aria-label="Filter history"
          value={filter.text}
          onChange={(event) => onFilter({ ...filter, text: event.target.value })}
        />
      </label>
      <Segmented
        label="Result"
        value={filter.show}
        onChange={(show) => onFilter({ ...filter, show })}
        options={[
          { value: "all", label: `All ${countOf("all")}` },
          { value: "failed", label: `Failed ${countOf("failed")}` },
          { value: "boot", label: `By boot ${countOf("boot")}` },
        ]}
      />
    </div>
  );
}
