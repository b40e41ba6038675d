"use client";

import type { ReactNode } from "react";
import { lazily } from "@/components/ui/lazily";
import { soon } from "@/components/ui/soon";
import { usePendingAction } from "@/lib/client/services";
import type { Service } from "@/lib/contract/services";

const Restarting = lazily(soon(() => import("./restarting").then((m) => m.Restarting)));

type RestartNoticeProps = { services: Service[]; children: ReactNode };

/** Stands in place of the other notices while ControlPilot restarts, as that explains what is missing. */
export function RestartNotice({ services, children }: RestartNoticeProps) {
  const self = services.find((service) => service.self);
  const pending = usePendingAction(self?.name ?? "");
  if (pending !== "restart") return children;
  return <Restarting />;
}
