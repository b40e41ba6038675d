"use client";

import { useQuery } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { sayUnchanged } from "@/components/access/say-unchanged";
import { Button } from "@/components/ui/button";
import { useSignOut } from "@/lib/client/access";
import { sessionQuery } from "@/lib/client/session";

/** In the side bar, where somebody is signed in. */
export function SignOutItem() {
  const signOut = useSignOutHere();
  if (signOut === null) return null;
  return (
    <button type="button" className="nav-item" onClick={signOut}>
      <LogOut strokeWidth={1.75} aria-hidden="true" />
      <span className="nav-label">Sign out</span>
    </button>
  );
}

/** The same, on the sheet of a narrow screen. */
export function SignOutButton() {
  const signOut = useSignOutHere();
  if (signOut === null) return null;
  return (
    <Button onClick={signOut}>
      <LogOut strokeWidth={1.75} aria-hidden="true" />
      Sign out
    </Button>
  );
}

function useSignOutHere() {
  const { data: session } = useQuery(sessionQuery());
  const signOut = useSignOut();
  if (!session?.required || !session.signed_in) return null;
  return () => signOut.mutate(undefined, { onError: sayUnchanged });
}
