"use client";

import { useQuery } from "@tanstack/react-query";
import { lazily } from "@/components/ui/lazily";
import { sessionQuery } from "@/lib/client/session";

const OpenNotice = lazily(() => import("./access-notices").then((m) => m.OpenNotice));
const ReaderNotice = lazily(() => import("./access-notices").then((m) => m.ReaderNotice));

/** That anybody may do anything here, until a password is set or that is meant; or that one may only look. */
export function AccessNotice() {
  const { data: session } = useQuery(sessionQuery());
  if (session?.scope === "read") return <ReaderNotice />;
  return session?.exposed && !session.meant ? <OpenNotice /> : null;
}
