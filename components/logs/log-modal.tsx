"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import * as Dialog from "radix-ui/dialog";
import * as Tabs from "radix-ui/tabs";
import { Lamp } from "@/components/services/lamp";
import { IconButton } from "@/components/ui/button";
import { CopyIconButton } from "@/components/ui/copy-button";
import { useFocusReturn } from "@/components/ui/focus-return";
import { staysForToasts } from "@/components/ui/toast";
import { logInfoQuery, logStreamQuery } from "@/lib/client/logs";
import type { LogStream } from "@/lib/contract/logs";
import type { Service } from "@/lib/contract/services";
import { LogPanel } from "./log-panel";
import { LogAway, LogLoading } from "./log-states";
import { LogTabs } from "./log-tabs";
import "./log-modal.css";

type LogModalProps = {
  /** Absent while the services are not known, and for names that are none. */
  service: Service | undefined;
  name: string;
  /** Absent: the one that the server picks. */
  stream: LogStream | undefined;
  onStream: (stream: LogStream) => void;
  onClose: () => void;
};

/** The log of one service over the page. */
export function LogModal({ service, name, stream, onStream, onClose }: LogModalProps) {
  const picked = useQuery({ ...logStreamQuery(name), enabled: stream === undefined });
  const shown = stream ?? picked.data;
  const returnFocus = useFocusReturn();
  const title = `${service?.display ?? name} log`;

  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim log-scrim">
          <Dialog.Content
            className="log-modal"
            aria-describedby={undefined}
            onOpenAutoFocus={focusOnItself}
            onCloseAutoFocus={returnFocus}
            onInteractOutside={staysForToasts}
          >
            <header className="log-head">
              {service ? <Lamp service={service} /> : null}
              <Dialog.Title className="log-title">{title}</Dialog.Title>
              {shown ? <LogPath name={name} stream={shown} /> : null}
              <Dialog.Close asChild>
                <IconButton label="Close" className="ml-auto">
                  <X strokeWidth={1.75} aria-hidden="true" />
                </IconButton>
              </Dialog.Close>
            </header>
            <Tabs.Root
              className="log-frame"
              value={shown ?? ""}
              onValueChange={(value) => onStream(value as LogStream)}
            >
              <LogTabs name={name} shown={shown} />
              {shown ? (
                <LogPanel key={`${name} ${shown}`} {...{ name, title, onStream }} stream={shown} />
              ) : (
                <div className="log-body log">
                  {picked.error ? <LogAway error={picked.error} /> : <LogLoading />}
                </div>
              )}
            </Tabs.Root>
          </Dialog.Content>
        </Dialog.Overlay>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function focusOnItself(event: Event) {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

function LogPath({ name, stream }: { name: string; stream: LogStream }) {
  const { data } = useQuery({ ...logInfoQuery({ name, stream }), enabled: false });
  if (!data) return null;
  return (
    <div className="log-path">
      <span title={data.path}>{data.path}</span>
      <CopyIconButton text={data.path} label="Copy the path" />
    </div>
  );
}
