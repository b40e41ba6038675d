"use client";

import { X } from "lucide-react";
import * as Dialog from "radix-ui/dialog";
import { useMemo } from "react";
import { focusOnLog, LogViewer } from "@/components/logs/log-viewer";
import { IconButton } from "@/components/ui/button";
import { type Opener, useFocusReturn } from "@/components/ui/focus-return";
import { staysForToasts } from "@/components/ui/toast";
import { closeUpdate } from "@/lib/client/update-address";
import { updateOutputStreamUrl, updateOutputUrl } from "@/lib/client/update-details";

type WholeOutputProps = { name: string; display: string; job: string; opener: Opener | null };

/** All that the programs of one job wrote, as a log. */
export function WholeOutput({ name, display, job, opener }: WholeOutputProps) {
  const returnFocus = useFocusReturn(opener);
  const services = useMemo(() => [{ name, display }], [name, display]);
  const title = `Output of the update of ${display}`;
  const file = {
    label: "Download the whole output",
    href: updateOutputUrl(name, job),
    name: `${name}-update-${job}.log`,
  };

  return (
    <Dialog.Root open onOpenChange={(open) => open || closeUpdate()}>
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
              <Dialog.Title className="log-title min-w-0 max-w-none flex-1">{title}</Dialog.Title>
              <Dialog.Close asChild>
                <IconButton label="Close">
                  <X strokeWidth={1.75} aria-hidden="true" />
                </IconButton>
              </Dialog.Close>
            </header>
            <div className="log-frame">
              <LogViewer
                url={updateOutputStreamUrl(name, job)}
                {...{ services, title }}
                stream="out"
                files={[file]}
                clearable={null}
              />
            </div>
          </Dialog.Content>
        </Dialog.Overlay>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
