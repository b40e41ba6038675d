"use client";

import { Maximize2 } from "lucide-react";
import { useMemo } from "react";
import { Lamp } from "@/components/services/lamp";
import { logPageUrl } from "@/lib/client/log-page";
import type { LogStreams } from "@/lib/contract/logs";
import type { Service } from "@/lib/contract/services";
import { LogDialog } from "./log-dialog";
import { ServiceLog } from "./service-log";

type LogModalProps = {
  /** Absent while the services are not known, and for names that are none. */
  service: Service | undefined;
  name: string;
  stream: LogStreams;
  at: string | undefined;
  onStream: (stream: LogStreams) => void;
  onClose: () => void;
};

/** The log of one service over the page. */
export function LogModal({ service, name, stream, at, onStream, onClose }: LogModalProps) {
  const display = service?.display ?? name;
  const services = useMemo(() => [{ name, display }], [name, display]);
  const title = `${display} log`;

  return (
    <LogDialog
      title={title}
      sign={service ? <Lamp service={service} /> : null}
      aside={
        <>
          {service ? <span className="second-line truncate">{service.detail}</span> : null}
          <a
            className="icon-btn ml-auto"
            href={logPageUrl(name, stream, at)}
            aria-label="Open as a page"
            title="Open as a page"
          >
            <Maximize2 strokeWidth={1.75} aria-hidden="true" />
          </a>
        </>
      }
      onClose={onClose}
    >
      <ServiceLog {...{ services, stream, title, at, onStream }} />
    </LogDialog>
  );
}
