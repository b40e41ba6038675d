"use client";

import clsx from "clsx";
import { X } from "lucide-react";
import { useEffect } from "react";
import { Toaster as Sonner, toast as sonner } from "sonner";
import { Button, IconButton } from "./button";
import { CopyButton } from "./copy-button";
import type { Toast } from "./toast";

type ToasterProps = { onReady: (show: (toast: Toast) => void) => () => void };

export function Toaster({ onReady }: ToasterProps) {
  useEffect(() => onReady(show), [onReady]);
  return (
    <Sonner
      className="toaster"
      position="bottom-right"
      offset={{ bottom: "var(--toast-bottom)", right: 20 }}
      mobileOffset={{ bottom: "var(--toast-bottom)", left: 16, right: 16 }}
      gap={8}
      visibleToasts={5}
      expand
    />
  );
}

function show(toast: Toast) {
  const duration = toast.tone === "bad" ? Number.POSITIVE_INFINITY : 6000;
  sonner.custom((id) => <ToastCard toast={toast} onClose={() => sonner.dismiss(id)} />, {
    duration,
  });
}

function ToastCard({ toast, onClose }: { toast: Toast; onClose: () => void }) {
  const { tone, icon, title, text, actions = [], copy } = toast;
  return (
    <div className={clsx("toast", tone)} role={tone === "bad" ? "alert" : "status"}>
      {icon}
      <div className="grid min-w-0 flex-1 gap-0.5">
        <p className="font-strong">{title}</p>
        {text === undefined ? null : <div className="wrap-anywhere">{text}</div>}
        {actions.length === 0 && copy === undefined ? null : (
          <div className="buttons mt-1.5">
            {actions.map(({ label, onClick }) => (
              <Button
                key={label}
                size="small"
                onClick={() => {
                  onClick();
                  onClose();
                }}
              >
                {label}
              </Button>
            ))}
            {copy === undefined ? null : (
              <CopyButton size="small" text={copy}>
                Copy
              </CopyButton>
            )}
          </div>
        )}
      </div>
      <IconButton label="Close" onClick={onClose}>
        <X aria-hidden="true" />
      </IconButton>
    </div>
  );
}
