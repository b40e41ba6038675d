"use client";

import * as Popover from "radix-ui/popover";
import { type RefObject, useId } from "react";
import { Button } from "@/components/ui/button";
import { HoldButton } from "@/components/ui/hold-button";
import type { Service, ServiceAction } from "@/lib/contract/services";
import { actionIcons, actionNames } from "./actions";
import { formatDuration } from "./format";
import { SignIcon } from "./lamp";
import { signOf } from "./states";

type GuardPopoverProps = {
  service: Service;
  action: ServiceAction;
  anchor: RefObject<HTMLButtonElement | null>;
  onAct: () => void;
  onClose: () => void;
};

export function GuardPopover({ service, action, anchor, onAct, onClose }: GuardPopoverProps) {
  const id = useId();
  const Icon = actionIcons[action];
  const isOnAnchor = (target: EventTarget | null) =>
    target instanceof Node && anchor.current?.contains(target);

  return (
    <Popover.Root open onOpenChange={(open) => open || onClose()}>
      <Popover.Anchor virtualRef={anchor as RefObject<HTMLButtonElement>} />
      <Popover.Portal>
        <Popover.Content
          className="popover"
          role="alertdialog"
          aria-labelledby={`${id}-title`}
          aria-describedby={`${id}-text`}
          align="end"
          sideOffset={8}
          collisionPadding={12}
          onInteractOutside={(event) => isOnAnchor(event.target) && event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            anchor.current?.focus();
          }}
        >
          <h2 id={`${id}-title`} className="dialog-title">
            <SignIcon sign={signOf(service)} />
            {actionNames[action]} {service.display}?
          </h2>
          <p id={`${id}-text`}>{consequence(service)}</p>
          <div className="buttons">
            <Button variant="primary" onClick={onClose}>
              Keep running
            </Button>
            <HoldButton verb={action} onAct={onAct}>
              <Icon strokeWidth={1.75} aria-hidden="true" />
            </HoldButton>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function consequence({ uptime_seconds }: Service) {
  const lost = "Work that is not saved is lost.";
  return uptime_seconds === null
    ? lost
    : `It has been up ${formatDuration(uptime_seconds)}. ${lost}`;
}
