"use client";

import clsx from "clsx";
import { X } from "lucide-react";
import * as Dialog from "radix-ui/dialog";
import type { ComponentProps } from "react";
import { IconButton } from "./button";
import { type Opener, useFocusReturn } from "./focus-return";
import { staysForToasts } from "./toast";

type DialogFrameProps = Pick<
  ComponentProps<typeof Dialog.Content>,
  "className" | "onOpenAutoFocus" | "children"
> & {
  /** Looks of what lies between it and the page. */
  scrim?: string;
  /** What had the focus before, where that is not what has it now. */
  opener?: Opener | null | undefined;
  onClose: () => void;
};

/** A dialog that is open as long as it is there. Holds a `DialogTitle` and a way to close it. */
export function DialogFrame({ scrim, opener, onClose, ...content }: DialogFrameProps) {
  const returnFocus = useFocusReturn(opener);
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={clsx("scrim", scrim)}>
          <Dialog.Content
            aria-describedby={undefined}
            onCloseAutoFocus={returnFocus}
            onInteractOutside={staysForToasts}
            {...content}
          />
        </Dialog.Overlay>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export const DialogTitle = Dialog.Title;
export const DialogClose = Dialog.Close;

type DialogCrossProps = { label?: string | undefined; className?: string };

export function DialogCross({ label = "Close", className }: DialogCrossProps) {
  return (
    <DialogClose asChild>
      <IconButton label={label} className={className}>
        <X strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
    </DialogClose>
  );
}
