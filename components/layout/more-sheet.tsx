"use client";

import { Activity, Keyboard, Settings } from "lucide-react";
import { Button, buttonClass } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { DialogClose } from "@/components/ui/dialog-frame";
import { NotifyRow } from "./notify-row";
import { SignOutButton } from "./sign-out";
import { themeIcons } from "./theme-icons";
import { ThemeSwitch } from "./theme-switch";

type MoreSheetProps = { onClose: () => void; onShortcuts: () => void };

export function MoreSheet({ onClose, onShortcuts }: MoreSheetProps) {
  return (
    <Dialog title="More" onClose={onClose} className="self-end">
      <div className="grid gap-1.5">
        <p className="text-muted">Theme</p>
        <ThemeSwitch icons={themeIcons} />
      </div>
      <NotifyRow />
      <a href="/activity" className={buttonClass()}>
        <Activity strokeWidth={1.75} aria-hidden="true" />
        Activity
      </a>
      <a href="/settings" className={buttonClass()}>
        <Settings strokeWidth={1.75} aria-hidden="true" />
        Settings
      </a>
      <Button onClick={onShortcuts}>
        <Keyboard strokeWidth={1.75} aria-hidden="true" />
        Shortcuts
      </Button>
      <SignOutButton />
      <DialogClose asChild>
        <Button variant="primary">Close</Button>
      </DialogClose>
    </Dialog>
  );
}
