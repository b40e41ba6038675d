"use client";

import { QueryClientContext } from "@tanstack/react-query";
import { Package, RotateCw, TriangleAlert } from "lucide-react";
import { use } from "react";
import { SupportLink } from "@/components/support/support-link";
import { sessionQuery } from "@/lib/client/session";
import { Button } from "./button";
import { CopyButton, CopyIconButton } from "./copy-button";
import { detailsOf, messageOf } from "./error-details";
import type { ErrorFaceProps } from "./error-part";

export function FullFace({ name, failure, isSmall, onRetry }: ErrorFaceProps) {
  const isReader = useIsKnownReader();
  const title = `${name} could not be shown`;
  const message = messageOf(failure.error);
  const details = detailsOf({ title, ...failure });

  if (isSmall) {
    return (
      <span className="second-line flex items-center gap-1.5" title={`${title}: ${message}`}>
        not shown
        <button type="button" className="link" onClick={onRetry}>
          Try again
        </button>
        <CopyIconButton text={details} label="Copy details" />
      </span>
    );
  }
  return (
    <section className="empty card" role="alert">
      <TriangleAlert strokeWidth={1.75} aria-hidden="true" />
      <h2 className="text-14 font-strong">{title}</h2>
      <p>This is a fault of this page, and the rest of it works on. It says: {message}</p>
      <div className="buttons">
        <Button variant="primary" onClick={onRetry}>
          <RotateCw strokeWidth={1.75} aria-hidden="true" />
          Try again
        </Button>
        <CopyButton text={details}>Copy details</CopyButton>
        {isReader ? null : (
          <SupportLink>
            <Package strokeWidth={1.75} aria-hidden="true" />
            Support bundle
          </SupportLink>
        )}
      </div>
      <details className="mt-2 w-full text-left">
        <summary className="link mx-auto w-fit">Details</summary>
        <pre className="quote mt-1.5 max-h-60 overflow-auto">{details}</pre>
      </details>
    </section>
  );
}

/** As far as it is known: this stands where everything else broke, too, and asks nobody. */
function useIsKnownReader(): boolean {
  const session = use(QueryClientContext)?.getQueryData(sessionQuery().queryKey);
  return session?.scope === "read";
}
