"use client";

import { CircleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Empty } from "@/components/ui/empty";

type ErrorPageProps = { error: Error & { digest?: string }; reset: () => void };

export default function ErrorPage({ error, reset }: ErrorPageProps) {
  const details = [`${error.name}: ${error.message}`, error.digest, error.stack]
    .filter(Boolean)
    .join("\n");
  return (
    <>
      <header className="top">
        <h1>Something broke</h1>
      </header>
      <div className="content">
        <Empty
          icon={CircleAlert}
          title="This page could not be shown"
          className="card"
          actions={
            <>
              <Button variant="primary" onClick={reset}>
                Show it again
              </Button>
              <CopyButton text={details}>Copy details</CopyButton>
            </>
          }
        >
          The services themselves run on. It failed with: {error.message}
        </Empty>
      </div>
    </>
  );
}
