"use client";

import { Keyboard } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { NotifyRow } from "./notify-row";
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
      <Button onClick={onShortcuts}>
        <Keyboard strokeWidth={1.75} aria-hidden="true" />
        Shortcuts
      </Button>
      <DialogClose asChild>
        <Button variant="primary">Close</Button>
      </DialogClose>
    </Dialog>
  );
}
