"use client";

import clsx from "clsx";
import * as Alert from "radix-ui/alert-dialog";
import * as Plain from "radix-ui/dialog";
import type { ReactNode } from "react";
import { useFocusReturn } from "./focus-return";
import { staysForToasts } from "./toast";

type OverlayProps = {
  title: ReactNode;
  onClose: () => void;
  className?: string;
  children: ReactNode;
};

/** A sheet that only shows; a press beside it closes it. */
export function Dialog({ title, onClose, className, children }: OverlayProps) {
  const returnFocus = useFocusReturn();
  return (
    <Plain.Root open onOpenChange={(open) => open || onClose()}>
      <Plain.Portal>
        <Plain.Overlay className="scrim">
          <Plain.Content
            className={clsx("dialog", className)}
            aria-describedby={undefined}
            onCloseAutoFocus={returnFocus}
            onInteractOutside={staysForToasts}
          >
            <Plain.Title className="dialog-title">{title}</Plain.Title>
            {children}
          </Plain.Content>
        </Plain.Overlay>
      </Plain.Portal>
    </Plain.Root>
  );
}

export const DialogClose = Plain.Close;

/** A question; focus opens on its `AlertCancel`. */
export function AlertDialog({ title, onClose, className, children }: OverlayProps) {
  const returnFocus = useFocusReturn();
  return (
    <Alert.Root open onOpenChange={(open) => open || onClose()}>
      <Alert.Portal>
        <Alert.Overlay className="scrim">
          <Alert.Content className={clsx("dialog", className)} onCloseAutoFocus={returnFocus}>
            <Alert.Title className="dialog-title">{title}</Alert.Title>
            {children}
          </Alert.Content>
        </Alert.Overlay>
      </Alert.Portal>
    </Alert.Root>
  );
}

export const AlertDescription = Alert.Description;
export const AlertCancel = Alert.Cancel;
