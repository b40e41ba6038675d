"use client";

import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { usePendingAction } from "@/lib/client/services";
import type { Service } from "@/lib/contract/services";

type RestartNoticeProps = { services: Service[]; children: ReactNode };

/** Stands in place of the other notices while ControlPilot restarts, as that explains what is missing. */
export function RestartNotice({ services, children }: RestartNoticeProps) {
  const self = services.find((service) => service.self);
  const pending = usePendingAction(self?.name ?? "");
  if (pending !== "restart") return children;
  return (
    <section className="notice accent card" role="status">
      <LoaderCircle className="animate-spin motion-reduce:animate-none" aria-hidden="true" />
      <p>
        <strong>ControlPilot restarts.</strong> This page reconnects by itself.
      </p>
    </section>
  );
}
