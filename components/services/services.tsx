"use client";

import { useState } from "react";
import { useKeys } from "@/components/layout/keys";
import { ErrorPart } from "@/components/ui/error-part";
import { lazily } from "@/components/ui/lazily";
import type { Service } from "@/lib/contract/services";
import { everything, type Filter, matches } from "./filter";
import { SelectionProvider } from "./selection";
import { ServiceTable } from "./service-table";
import { Toolbar } from "./toolbar";
import { useBulk } from "./use-bulk";

const BulkBar = lazily(() => import("./bulk-bar").then((m) => m.BulkBar));
const NoMatch = lazily(() => import("./nothing").then((m) => m.NoMatch));

export function Services({ services }: { services: Service[] }) {
  const [filter, setFilter] = useState<Filter>(everything);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const bulk = useBulk(services);

  const visible = services.filter((service) => matches(service, filter));
  // What the filter hides is not acted on, though it stays ticked.
  const chosen = visible.filter(({ name }) => ticked.has(name));
  const selected = new Set(chosen.map(({ name }) => name));
  const clear = () => setTicked(new Set());
  useKeys({ Escape: clear });

  function select(names: string[], on: boolean) {
    const next = new Set(ticked);
    for (const name of names) on ? next.add(name) : next.delete(name);
    setTicked(next);
  }

  return (
    <SelectionProvider value={{ selected, select }}>
      <Toolbar services={services} filter={filter} onFilter={setFilter} bulk={bulk} />
      {visible.length === 0 ? (
        <NoMatch
          text={filter.text}
          show={filter.show}
          hidden={services.length}
          onClear={() => setFilter(everything)}
        />
      ) : (
        <ErrorPart name="The table of services">
          <ServiceTable services={visible} />
        </ErrorPart>
      )}
      {chosen.length === 0 ? null : <BulkBar services={chosen} bulk={bulk} onClear={clear} />}
      {bulk.dialog}
    </SelectionProvider>
  );
}
