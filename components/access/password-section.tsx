"use client";

import { useState } from "react";
import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { Switch } from "@/components/ui/switch";
import { useSetMeant } from "@/lib/client/access";
import type { Session } from "@/lib/contract/access";
import { ChangePassword, FirstPassword } from "./password-forms";
import { RemovePassword } from "./remove-password";
import { Setting } from "./setting";

export function PasswordSection({ session }: { session: Session }) {
  const { source } = session.password;
  return (
    <Setting title="Password">
      {source === null ? <NoPassword session={session} /> : null}
      {source === "settings" ? <OwnPassword /> : null}
      {source === "environment" ? (
        <p>
          This machine asks for the password that <code>CONTROLPILOT_PASSWORD</code> holds in its
          environment. It is changed there, and counts once ControlPilot has been restarted with it.
        </p>
      ) : null}
      {source === "secrets" ? (
        <p>
          This machine asks for the password that stands as <code>CONTROLPILOT_PASSWORD</code> in{" "}
          <code>config/secrets.env</code> on the workspace. It is changed there, and counts at once.
        </p>
      ) : null}
    </Setting>
  );
}

function NoPassword({ session: { exposed, meant } }: { session: Session }) {
  return (
    <>
      <p>
        {exposed ? (
          <strong>Anyone who reaches this address controls this machine.</strong>
        ) : (
          "No password is asked for. ControlPilot can be reached from this machine alone."
        )}
      </p>
      {exposed ? <Meant isMeant={meant} /> : null}
      <FirstPassword />
    </>
  );
}

function Meant({ isMeant }: { isMeant: boolean }) {
  const setMeant = useSetMeant();
  return (
    <>
      <div className="setting-switch">
        <div>
          <p>This is meant</p>
          <p className="second-line">The page of services no longer warns of it.</p>
        </div>
        <Switch
          label="This is meant"
          checked={setMeant.isPending ? setMeant.variables : isMeant}
          disabled={setMeant.isPending}
          onChange={setMeant.mutate}
        />
      </div>
      <p role="alert" className="field-error">
        {setMeant.error ? sentenceOf(setMeant.error) : null}
      </p>
    </>
  );
}

function OwnPassword() {
  const [isRemoving, setIsRemoving] = useState(false);
  if (isRemoving) return <RemovePassword onCancel={() => setIsRemoving(false)} />;
  return (
    <>
      <p>This machine asks for a password, which was set here.</p>
      <ChangePassword>
        <Button variant="quiet" onClick={() => setIsRemoving(true)}>
          Remove password
        </Button>
      </ChangePassword>
    </>
  );
}
