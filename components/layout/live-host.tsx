"use client";

import { lazily } from "@/components/ui/lazily";
import { atRest } from "@/components/ui/soon";

/** Until it is there the page asks. */
const load = () => atRest().then(() => import("./live"));

export const LiveHost = lazily(() => load().then((m) => m.Live));
export const NotifyItem = lazily(() => load().then((m) => m.NotifyItem));
export const SignOutItem = lazily(() =>
  atRest()
    .then(() => import("./sign-out"))
    .then((m) => m.SignOutItem),
);
