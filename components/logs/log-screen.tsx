"use client";

import { ChevronLeft, Plus, X } from "lucide-react";
import { usePathname, useSearchParams } from "next/navigation";
import * as Menu from "radix-ui/dropdown-menu";
import { useMemo } from "react";
import { Annunciator } from "@/components/services/annunciator";
import { formatTime } from "@/components/services/format";
import { Lamp } from "@/components/services/lamp";
import { Button } from "@/components/ui/button";
import { useTitle } from "@/components/updates/use-updating";
import { goToLogs, type LogPage, readLogPage } from "@/lib/client/log-page";
import { useLiveServices } from "@/lib/client/services";
import type { Service } from "@/lib/contract/services";
import { LogChoice } from "./log-choice";
import { ServiceLog } from "./service-log";

const MOST_SERVICES = 4;

/** A log as a page of its own, or those of several services in one. */
export function LogScreen() {
  const page = readLogPage(usePathname(), useSearchParams());
  const query = useLiveServices();
  const known = query.data ?? [];
  // The services change each second, with the time that they are up; whose lines these are does not.
  const chosen = JSON.stringify(page.names.map((name) => [name, displayOf(known, name)]));
  const services = useMemo(() => {
    const pairs: [string, string][] = JSON.parse(chosen);
    return pairs.map(([name, display]) => ({ name, display }));
  }, [chosen]);
  const title = titleOf(services.map(({ display }) => display));
  const staleSince = query.isError ? formatTime(new Date(query.dataUpdatedAt)) : null;
  const [alone, ...others] = known.filter(({ name }) => page.names.includes(name));
  useTitle(title, known);

  return (
    <div className="log-page">
      <header className="top">
        {services.length > 0 ? (
          <a className="icon-btn" href="/logs" aria-label="All logs" title="All logs">
            <ChevronLeft strokeWidth={1.75} aria-hidden="true" />
          </a>
        ) : null}
        {alone && others.length === 0 ? <Lamp service={alone} /> : null}
        <h1>{title}</h1>
        <span className="second-line not-on-phones truncate">
          {alone && others.length === 0 ? alone.detail : null}
        </span>
        {services.length > 0 ? (
          <>
            <span className="mr-auto" />
            <AddService {...{ known, page }} />
          </>
        ) : null}
        {query.data ? <Annunciator services={known} staleSince={staleSince} /> : null}
      </header>
      {services.length === 0 ? (
        <LogChoice services={known} />
      ) : (
        <div className="log-frame">
          <ServiceLog
            {...{ services, title }}
            stream={page.stream}
            at={page.at}
            onStream={(stream) => goToLogs({ names: page.names, stream })}
          >
            {services.length > 1 ? <Chosen {...{ services, page }} /> : null}
          </ServiceLog>
        </div>
      )}
    </div>
  );
}

function titleOf([first, ...others]: string[]): string {
  if (first === undefined) return "Logs";
  return others.length === 0 ? `${first} log` : `${[first, ...others].join(", ")} logs`;
}

function displayOf(services: readonly Service[], name: string): string {
  return services.find((service) => service.name === name)?.display ?? name;
}

type AddServiceProps = { known: readonly Service[]; page: LogPage };

function AddService({ known, page: { names, stream } }: AddServiceProps) {
  const others = known.filter(({ name }) => !names.includes(name));
  if (names.length >= MOST_SERVICES || others.length === 0) return null;
  return (
    <Menu.Root>
      <Menu.Trigger asChild>
        <Button variant="quiet" className="not-on-phones">
          <Plus strokeWidth={1.75} aria-hidden="true" />
          Add a service
        </Button>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" align="end" sideOffset={4}>
          {others.map((service) => (
            <Menu.Item
              key={service.name}
              className="menu-item"
              onSelect={() => goToLogs({ names: [...names, service.name], stream })}
            >
              <Lamp service={service} />
              {service.display}
            </Menu.Item>
          ))}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}

type ChosenProps = {
  services: readonly { name: string; display: string }[];
  page: LogPage;
};

/** The services in the view, each in its colour. */
function Chosen({ services, page }: ChosenProps) {
  return (
    <ul className="log-chosen">
      {services.map(({ name, display }, index) => (
        <li key={name} className={`log-tag-${index % 4}`}>
          {display}
          <button
            type="button"
            aria-label={`Leave ${display} out`}
            title={`Leave ${display} out`}
            onClick={() =>
              goToLogs({ names: page.names.filter((one) => one !== name), stream: page.stream })
            }
          >
            <X className="size-3" strokeWidth={2} aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
