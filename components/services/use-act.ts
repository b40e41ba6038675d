"use client";

import { openLog } from "@/lib/client/log-address";
import { useServiceAction } from "@/lib/client/services";
import type { Service, ServiceAction } from "@/lib/contract/services";
import { tell } from "./tell";

/** Acts on one service and tells how it went. */
export function useAct(service: Service) {
  const act = useServiceAction(service, {
    onSuccess: (_answer, action) =>
      tell((reports) => reports.tellActed({ service, action, startAgain: () => act("start") })),
    onError: (error, action) =>
      tell((reports) =>
        reports.tellNotActed({ service, action, error, openLog: () => openLog(service.name) }),
      ),
  });
  return act satisfies (action: ServiceAction) => void;
}
