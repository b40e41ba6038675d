import clsx from "clsx";
import type { ReactNode } from "react";
import { DialogCross, DialogFrame, DialogTitle } from "@/components/ui/dialog-frame";
import type { Opener } from "@/components/ui/focus-return";
import { focusOnLog } from "./log-viewer";

type LogDialogProps = {
  title: string;
  /** In front of the title. */
  sign?: ReactNode;
  /** Beside the title. */
  aside?: ReactNode;
  opener?: Opener | null;
  onClose: () => void;
  /** A log viewer. */
  children: ReactNode;
};

/** A log over the page. */
export function LogDialog({ title, sign, aside, opener, onClose, children }: LogDialogProps) {
  return (
    <DialogFrame
      scrim="log-scrim"
      className="panel log-modal"
      opener={opener}
      onOpenAutoFocus={focusOnLog}
      onClose={onClose}
    >
      <header className="panel-head log-head">
        {sign}
        <DialogTitle className={clsx("panel-title", aside !== undefined && "log-title")}>
          {title}
        </DialogTitle>
        {aside}
        <DialogCross className={clsx(aside === undefined && "ml-auto")} />
      </header>
      <div className="log-frame">{children}</div>
    </DialogFrame>
  );
}
