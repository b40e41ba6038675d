"use client";

import { useRef, useState } from "react";
import { IconButton, type IconButtonProps } from "@/components/ui/button";
import { useHold } from "@/components/ui/hold";
import { lazily } from "@/components/ui/lazily";
import { useMay } from "@/lib/client/session";
import type { Service, ServiceAction } from "@/lib/contract/services";
import { actionIcons, actionNames } from "./actions";

const GuardPopover = lazily(() => import("./guard-popover").then((m) => m.GuardPopover));

export type ActionProps = {
  service: Service;
  action: ServiceAction;
  disabled: boolean;
  act: (action: ServiceAction) => void;
};

/** Acts at once; for a service that works a press only asks, and holding acts. */
export function ActionButton({ service, action, disabled, act }: ActionProps) {
  const button = useRef<HTMLButtonElement>(null);
  const [isAsking, setIsAsking] = useState(false);
  const hold = useHold({ onHold: actNow, onShort: () => setIsAsking(true) });
  const isGuarded = service.guarded && action !== "start" && !disabled;
  const name = actionNames[action];

  function actNow() {
    setIsAsking(false);
    act(action);
  }

  const guard = {
    className: "guard hold",
    label: `${name} ${service.display}, asks first`,
    title: `${name}: asks first, or hold`,
    "aria-haspopup": "dialog",
    "aria-expanded": isAsking,
    ...hold,
  } as const;

  return (
    <>
      <ActionIcon
        service={service}
        action={action}
        disabled={disabled}
        ref={button}
        {...(isGuarded ? guard : { onClick: () => disabled || act(action) })}
      />
      {isAsking && isGuarded ? (
        <GuardPopover
          service={service}
          action={action}
          anchor={button}
          onAct={actNow}
          onClose={() => setIsAsking(false)}
        />
      ) : null}
    </>
  );
}

type ActionIconProps = Omit<ActionProps, "act"> & Partial<IconButtonProps>;

/** Stays focusable while it is disabled, so that focus is not lost under the person who pressed it. */
export function ActionIcon({ service, action, disabled, ...props }: ActionIconProps) {
  const Icon = actionIcons[action];
  const { why } = useMay();
  return (
    <IconButton
      label={`${actionNames[action]} ${service.display}`}
      title={why ?? actionNames[action]}
      aria-disabled={disabled || undefined}
      {...props}
    >
      <Icon strokeWidth={1.75} aria-hidden="true" />
    </IconButton>
  );
}
