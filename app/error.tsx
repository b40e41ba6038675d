"use client";

import { useState } from "react";
import { ErrorFace } from "@/components/ui/error-part";

type ErrorPageProps = { error: Error & { digest?: string }; reset: () => void };

/** For what no part of a page has caught. */
export default function ErrorPage({ error, reset }: ErrorPageProps) {
  const [at] = useState(() => new Date());
  return (
    <>
      <header className="top">
        <h1>Something broke</h1>
      </header>
      <div className="content">
        <ErrorFace name="This page" failure={{ error, componentStack: "", at }} onRetry={reset} />
      </div>
    </>
  );
}
