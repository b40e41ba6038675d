"use client";

import { useState } from "react";
import type { AccessToken, CreatedToken } from "@/lib/contract/access";
import { NewTokenForm } from "./new-token-form";
import { SeenOnce } from "./seen-once";
import { Setting } from "./setting";
import { TokenRow } from "./token-row";

type TokensSectionProps = { tokens: AccessToken[]; asksForPassword: boolean };

export function TokensSection({ tokens, asksForPassword }: TokensSectionProps) {
  const [created, setCreated] = useState<CreatedToken | null>(null);
  return (
    <Setting title="Tokens for scripts">
      <p className="text-muted">
        A script sends its token as <code>Authorization: Bearer</code>.
        {asksForPassword ? null : " It needs none while no password is asked for."}
      </p>
      {tokens.length === 0 ? null : (
        <ul className="setting-list">
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} />
          ))}
        </ul>
      )}
      {created === null ? (
        <NewTokenForm onCreated={setCreated} />
      ) : (
        <SeenOnce created={created} onDone={() => setCreated(null)} />
      )}
    </Setting>
  );
}
