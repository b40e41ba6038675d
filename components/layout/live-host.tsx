"use client";

import { lazily } from "@/components/ui/lazily";

const load = () => import("./live");

export const LiveHost = lazily(() => load().then((m) => m.Live));
export const NotifyItem = lazily(() => load().then((m) => m.NotifyItem));
