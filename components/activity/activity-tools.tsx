import { Search } from "lucide-react";
import { useRef } from "react";
import { useKeys } from "@/components/layout/keys";
import { Segmented } from "@/components/ui/segmented";
import type { ActivityFilter } from "@/lib/client/activity";
import type { Service } from "@/lib/contract/services";
import { Choice } from "./choice";

const ACTIONS = [
  { value: "service", label: "Start, stop, restart" },
  { value: "autostart", label: "Autostart" },
  { value: "update", label: "Updates" },
  { value: "log", label: "Logs" },
  { value: "secrets", label: "Secrets shown" },
  { value: "session", label: "Sign-ins" },
  { value: "access", label: "Access" },
  { value: "config", label: "Config" },
  { value: "support", label: "Support" },
];

const RESULTS = [
  { value: "", label: "All" },
  { value: "ok", label: "Done" },
  { value: "refused", label: "Refused" },
  { value: "failed", label: "Failed" },
] as const;

type ActivityToolsProps = {
  filter: ActivityFilter;
  onFilter: (filter: ActivityFilter) => void;
  actors: string[];
  services: Service[];
};

export function ActivityTools({ filter, onFilter, actors, services }: ActivityToolsProps) {
  const field = useRef<HTMLInputElement>(null);
  useKeys({ "/": () => field.current?.focus() });
  const change = (part: Partial<ActivityFilter>) => onFilter({ ...filter, ...part });

  return (
    <div className="tools activity-tools">
      <label className="field">
        <Search className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
        <input
          ref={field}
          type="search"
          placeholder="Filter activity"
          aria-label="Filter activity"
          value={filter.q}
          maxLength={200}
          onChange={(event) => change({ q: event.target.value })}
        />
      </label>
      <Choice
        label="Who"
        all="Everybody"
        value={filter.actor}
        options={actors.map((value) => ({ value, label: value }))}
        onChange={(actor) => change({ actor })}
      />
      <Choice
        label="What"
        all="Everything"
        value={filter.action}
        options={ACTIONS}
        onChange={(action) => change({ action })}
      />
      <Choice
        label="Service"
        all="All services"
        value={filter.target}
        options={services.map(({ name, display }) => ({ value: name, label: display }))}
        onChange={(target) => change({ target })}
      />
      <Segmented
        label="Result"
        value={filter.result}
        onChange={(result) => change({ result })}
        options={RESULTS}
      />
    </div>
  );
}
