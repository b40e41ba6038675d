"use client";

import clsx from "clsx";
import * as Alert from "radix-ui/alert-dialog";
import type { ReactNode } from "react";
import { DialogFrame, DialogTitle } from "./dialog-frame";
import { useFocusReturn } from "./focus-return";

type OverlayProps = {
  title: ReactNode;
  onClose: () => void;
  className?: string;
  children: ReactNode;
};

/** A sheet that only shows; a press beside it closes it. */
export function Dialog({ title, onClose, className, children }: OverlayProps) {
  return (
    <DialogFrame className={clsx("dialog", className)} onClose={onClose}>
      <DialogTitle className="dialog-title">{title}</DialogTitle>
      {children}
    </DialogFrame>
  );
}

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
