"use client";

import { MonitorSmartphone } from "lucide-react";
import { Ago } from "@/components/services/ago";
import { Button } from "@/components/ui/button";
import { Tag } from "@/components/ui/tag";
import { useEndOtherSessions, useEndSession, useSignOut } from "@/lib/client/access";
import type { AccessSession } from "@/lib/contract/access";
import { sayUnchanged } from "./say-unchanged";
import { Setting } from "./setting";

export function SessionsSection({ sessions }: { sessions: AccessSession[] }) {
  const endOthers = useEndOtherSessions();
  const others = sessions.filter(({ current }) => !current);
  return (
    <Setting
      title="Signed in"
      aside={
        others.length === 0 ? null : (
          <Button
            size="small"
            disabled={endOthers.isPending}
            onClick={() => endOthers.mutate(undefined, { onError: sayUnchanged })}
          >
            Sign out everywhere else
          </Button>
        )
      }
    >
      {sessions.length === 0 ? (
        <p className="text-muted">No browser is signed in.</p>
      ) : (
        <ul className="setting-list">
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </ul>
      )}
    </Setting>
  );
}

function SessionRow({ session }: { session: AccessSession }) {
  const { id, browser, address, current } = session;
  const endSession = useEndSession();
  const signOut = useSignOut();

  function end() {
    if (current) signOut.mutate(undefined, { onError: sayUnchanged });
    else endSession.mutate(id, { onError: sayUnchanged });
  }

  return (
    <li>
      <MonitorSmartphone strokeWidth={1.75} aria-hidden="true" />
      <div>
        <p className="setting-name">
          {browser}
          {current ? <Tag>this browser</Tag> : null}
        </p>
        <p className="second-line">
          from {address}, signed in <Ago at={new Date(session.created_at)} />, last seen{" "}
          <Ago at={new Date(session.last_used_at)} />
        </p>
      </div>
      <Button
        size="small"
        aria-label={current ? "Sign out here" : `Sign out ${browser} at ${address}`}
        disabled={endSession.isPending || signOut.isPending}
        onClick={end}
      >
        Sign out
      </Button>
    </li>
  );
}
