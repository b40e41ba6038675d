"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { Brand } from "@/components/layout/brand";
import { sessionQuery } from "@/lib/client/session";
import { placeAfterSignIn } from "@/lib/client/sign-in";
import type { Session } from "@/lib/contract/access";
import { SignInForm } from "./sign-in-form";
import "./access.css";

/** Whoever is signed in already, or need not be, goes on to where they wanted to go. */
export function SignInScreen() {
  const { data: session } = useQuery(sessionQuery());
  const mayGoOn = session !== undefined && (session.signed_in || !session.required);

  useEffect(() => {
    if (mayGoOn) window.location.replace(placeAfterSignIn(window.location));
  }, [mayGoOn]);

  return (
    <div className="sign-in">
      <Brand />
      <h1>Sign in</h1>
      <p className="text-muted">One password for this machine.</p>
      <SignInForm isDone={mayGoOn} />
      <p className="second-line sign-in-hint">
        {session ? <WhereItStands source={session.password.source} /> : null}
      </p>
    </div>
  );
}

function WhereItStands({ source }: Pick<Session["password"], "source">) {
  if (source === "environment") {
    return (
      <>
        It is what <code>CONTROLPILOT_PASSWORD</code> says in the environment of this machine.
      </>
    );
  }
  const file = <code>config/secrets.env</code>;
  if (source === "secrets") return <>It stands in {file} on the workspace of this machine.</>;
  return (
    <>
      It was set on the settings page. If it is lost, set <code>CONTROLPILOT_PASSWORD</code> in{" "}
      {file} on the workspace: that one counts then.
    </>
  );
}
