"use client";

import type { ReactNode } from "react";
import { DialogCross, DialogFrame, DialogTitle } from "@/components/ui/dialog-frame";
import type { Opener } from "@/components/ui/focus-return";
import "./update-panel.css";

type DrawerProps = { opener: Opener | null; onClose: () => void; children: ReactNode };

/**
 * A panel from the right; on a phone it fills the screen. Holds a `DrawerHead`, a `DrawerBody` and a
 * `DrawerFoot`, which may be others from one moment to the next while the panel stays.
 */
export function Drawer(props: DrawerProps) {
  return (
    <DialogFrame
      scrim="drawer-scrim"
      className="panel drawer"
      onOpenAutoFocus={focusOnItself}
      {...props}
    />
  );
}

type DrawerHeadProps = {
  sign: ReactNode;
  title: string;
  /** Beside the title. */
  aside?: ReactNode;
  closeLabel?: string;
};

export function DrawerHead({ sign, title, aside, closeLabel }: DrawerHeadProps) {
  return (
    <header className="panel-head">
      {sign}
      <DialogTitle className="panel-title">{title}</DialogTitle>
      <span className="text-muted whitespace-nowrap">{aside}</span>
      <DialogCross label={closeLabel} className="ml-auto" />
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
