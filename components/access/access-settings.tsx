"use client";

import { useQuery } from "@tanstack/react-query";
import { Eye, Unplug } from "lucide-react";
import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { accessQuery } from "@/lib/client/access";
import { sessionQuery, useMay } from "@/lib/client/session";
import { PasswordSection } from "./password-section";
import { SessionsSection } from "./sessions-section";
import { TokensSection } from "./tokens-section";
import "./access.css";

/** Who may use this machine, and how they show it. */
export function AccessSettings() {
  const session = useQuery(sessionQuery());
  const may = useMay();

  if (session.isPending) return <AccessSkeleton />;
  if (session.data === undefined) {
    return <Unread error={session.error} onRetry={() => void session.refetch()} />;
  }
  if (!may.act) {
    return (
      <Empty icon={Eye} title="Settings are not for readers" className="card">
        {may.why} Whoever may do everything finds the password, the sign-ins and the tokens here.
      </Empty>
    );
  }
  return (
    <>
      <PasswordSection session={session.data} />
      <SignedInSections asksForPassword={session.data.required} />
    </>
  );
}

function SignedInSections({ asksForPassword }: { asksForPassword: boolean }) {
  const access = useQuery(accessQuery());
  if (access.isPending) return <AccessSkeleton />;
  if (access.data === undefined) {
    return <Unread error={access.error} onRetry={() => void access.refetch()} />;
  }
  const { sessions, tokens } = access.data;
  return (
    <>
      {asksForPassword || sessions.length > 0 ? <SessionsSection sessions={sessions} /> : null}
      <TokensSection tokens={tokens} asksForPassword={asksForPassword} />
    </>
  );
}

function Unread({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <Empty
      icon={Unplug}
      title="Who may use this machine cannot be read now"
      className="card"
      actions={<Button onClick={onRetry}>Try again</Button>}
    >
      {sentenceOf(error)}
    </Empty>
  );
}

function AccessSkeleton() {
  return (
    <div className="card setting">
      <p role="status" className="sr-only">
        Loading settings
      </p>
      <div className="skeleton h-4 w-28" />
      <div className="skeleton h-4 w-72 max-w-full" />
      <div className="skeleton h-8 w-60 max-w-full" />
    </div>
  );
}
