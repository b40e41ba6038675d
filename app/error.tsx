"use client";

import { Button } from "@/components/ui/button";

type ErrorPageProps = { error: Error & { digest?: string }; reset: () => void };

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  return (
    <>
      <header className="top">
        <h1>Something broke</h1>
      </header>
      <div className="content">
        <section className="empty card">
          <h2 className="text-14 font-strong">This page could not be shown</h2>
          <p>
            The services themselves run on. It failed with: {error.message}
            {error.digest === undefined ? "" : ` (${error.digest})`}
          </p>
          <div className="buttons">
            <Button variant="primary" onClick={reset}>
              Show it again
            </Button>
          </div>
        </section>
      </div>
    </>
  );
}
