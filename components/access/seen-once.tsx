"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import type { CreatedToken } from "@/lib/contract/access";

type SeenOnceProps = { created: CreatedToken; onDone: () => void };

/** A token, the one time that it can be seen. */
export function SeenOnce({ created: { name, token }, onDone }: SeenOnceProps) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => section.current?.focus(), []);
  return (
    <section ref={section} tabIndex={-1} className="seen-once" aria-label={`The token ${name}`}>
      <p>
        <strong>This is the token {name}.</strong> Copy it now: it is not shown again.
      </p>
      <code className="quote">{token}</code>
      <div className="buttons">
        <CopyButton variant="primary" text={token}>
          Copy token
        </CopyButton>
        <Button onClick={onDone}>Done</Button>
      </div>
    </section>
  );
}
