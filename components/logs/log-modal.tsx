"use client";

import { Maximize2, X } from "lucide-react";
import * as Dialog from "radix-ui/dialog";
import { useMemo } from "react";
import { Lamp } from "@/components/services/lamp";
import { IconButton } from "@/components/ui/button";
import { useFocusReturn } from "@/components/ui/focus-return";
import { staysForToasts } from "@/components/ui/toast";
import { logPageUrl } from "@/lib/client/log-address";
import type { LogStreams } from "@/lib/contract/logs";
import type { Service } from "@/lib/contract/services";
import { focusOnLog } from "./log-viewer";
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
  const returnFocus = useFocusReturn();
  const display = service?.display ?? name;
  const services = useMemo(() => [{ name, display }], [name, display]);
  const title = `${display} log`;

  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim log-scrim">
          <Dialog.Content
            className="log-modal"
            aria-describedby={undefined}
            onOpenAutoFocus={focusOnLog}
            onCloseAutoFocus={returnFocus}
            onInteractOutside={staysForToasts}
          >
            <header className="log-head">
              {service ? <Lamp service={service} /> : null}
              <Dialog.Title className="log-title">{title}</Dialog.Title>
              {service ? <span className="second-line truncate">{service.detail}</span> : null}
              <a
                className="icon-btn ml-auto"
                href={logPageUrl(name, stream, at)}
                aria-label="Open as a page"
                title="Open as a page"
              >
                <Maximize2 strokeWidth={1.75} aria-hidden="true" />
              </a>
              <Dialog.Close asChild>
                <IconButton label="Close">
                  <X strokeWidth={1.75} aria-hidden="true" />
                </IconButton>
              </Dialog.Close>
            </header>
            <div className="log-frame">
              <ServiceLog {...{ services, stream, title, at, onStream }} />
            </div>
          </Dialog.Content>
        </Dialog.Overlay>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
