"use client";

import { KeyRound } from "lucide-react";
import { useRef, useState } from "react";
import { Ago } from "@/components/services/ago";
import { Button } from "@/components/ui/button";
import { Tag } from "@/components/ui/tag";
import { useRevokeToken } from "@/lib/client/access";
import type { AccessToken } from "@/lib/contract/access";
import { sayUnchanged } from "./say-unchanged";

export function TokenRow({ token }: { token: AccessToken }) {
  const { id, name, scope } = token;
  const [isAsking, setIsAsking] = useState(false);
  const revokeButton = useRef<HTMLButtonElement>(null);
  const revoke = useRevokeToken();

  function keep() {
    setIsAsking(false);
    revokeButton.current?.focus();
  }

  return (
    <li>
      <KeyRound strokeWidth={1.75} aria-hidden="true" />
      <div>
        <p className="setting-name">
          {name}
          <Tag>{scope === "full" ? "everything" : "only look"}</Tag>
        </p>
        <p className="second-line">
          created <Ago at={new Date(token.created_at)} />, {lastUse(token)}
        </p>
      </div>
      <Button
        ref={revokeButton}
        size="small"
        aria-label={`Revoke ${name}`}
        aria-expanded={isAsking}
        onClick={() => setIsAsking(!isAsking)}
      >
        Revoke
      </Button>
      {isAsking ? (
        <section className="setting-ask" aria-label={`Revoke ${name}?`}>
          <p>Scripts that use it are refused from then on.</p>
          <div className="buttons">
            <Button size="small" autoFocus onClick={keep}>
              Keep it
            </Button>
            <Button
              size="small"
              variant="danger"
              disabled={revoke.isPending}
              onClick={() => revoke.mutate(id, { onError: sayUnchanged })}
            >
              Revoke the token
            </Button>
          </div>
        </section>
      ) : null}
    </li>
  );
}

function lastUse({ last_used_at }: AccessToken) {
  if (last_used_at === null) return "never used";
  return (
    <>
      last used <Ago at={new Date(last_used_at)} />
    </>
  );
}
