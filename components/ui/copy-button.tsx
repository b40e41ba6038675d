"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button, type ButtonProps, IconButton } from "./button";
import { writeClipboard } from "./clipboard";

type CopyProps = Omit<ButtonProps, "onClick"> & { text: string };

export function CopyButton({ text, children, ...props }: CopyProps) {
  const [copied, copy] = useCopy(text);
  return (
    <Button onClick={copy} {...props}>
      {copied ? "Copied" : children}
    </Button>
  );
}

export function CopyIconButton({ text, label }: { text: string; label: string }) {
  const [copied, copy] = useCopy(text);
  return (
    <IconButton label={copied ? "Copied" : label} onClick={copy}>
      {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
    </IconButton>
  );
}

function useCopy(text: string) {
  const [copied, setCopied] = useState(false);
  async function copy(event: { currentTarget: HTMLElement }) {
    await writeClipboard(text, event.currentTarget);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  }
  return [copied, (event: { currentTarget: HTMLElement }) => void copy(event)] as const;
}
