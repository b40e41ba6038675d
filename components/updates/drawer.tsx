"use client";

import { X } from "lucide-react";
import * as Dialog from "radix-ui/dialog";
import type { ReactNode } from "react";
import { IconButton } from "@/components/ui/button";
import { type Opener, useFocusReturn } from "@/components/ui/focus-return";
import { staysForToasts } from "@/components/ui/toast";
import "./update-panel.css";

type DrawerProps = { opener: Opener | null; onClose: () => void; children: ReactNode };

/**
 * A panel from the right; on a phone it fills the screen. Holds a `DrawerHead`, a `DrawerBody` and a
 * `DrawerFoot`, which may be others from one moment to the next while the panel stays.
 */
export function Drawer({ opener, onClose, children }: DrawerProps) {
  const returnFocus = useFocusReturn(opener);
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim drawer-scrim">
          <Dialog.Content
            className="drawer"
            aria-describedby={undefined}
            onOpenAutoFocus={focusOnItself}
            onCloseAutoFocus={returnFocus}
            onInteractOutside={staysForToasts}
          >
            {children}
          </Dialog.Content>
        </Dialog.Overlay>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type DrawerHeadProps = {
  sign: ReactNode;
  title: string;
  /** Beside the title. */
  aside?: ReactNode;
  closeLabel?: string;
};

export function DrawerHead({ sign, title, aside, closeLabel = "Close" }: DrawerHeadProps) {
  return (
    <header className="drawer-head">
      {sign}
      <Dialog.Title className="drawer-title">{title}</Dialog.Title>
      <span className="text-muted whitespace-nowrap">{aside}</span>
      <Dialog.Close asChild>
        <IconButton label={closeLabel} className="ml-auto">
          <X strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
      </Dialog.Close>
    </header>
  );
}

export function DrawerBody({ children }: { children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys
    <section className="drawer-body" tabIndex={0} aria-label="Contents">
      {children}
    </section>
  );
}

export function DrawerFoot({ children }: { children: ReactNode }) {
  return <footer className="drawer-foot">{children}</footer>;
}

function focusOnItself(event: Event) {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}
