"use client";

import { notify } from "@/components/ui/toast";
import { useLogAddress } from "@/lib/client/log-address";
import { useServiceAction } from "@/lib/client/services";
import type { Service, ServiceAction } from "@/lib/contract/services";
import { sentenceOf } from "./errors";
import { SignIcon } from "./lamp";

/** Acts on one service and tells how it went. */
export function useAct(service: Service) {
  const { openLog } = useLogAddress();
  const { name, display, self } = service;

  const act = useServiceAction(service, {
    onSuccess: (_answer, action) => {
      if (self && action === "restart") {
        notify({ icon: <SignIcon sign="running" />, title: `${display} is back` });
      }
      if (!self && action === "stop") {
        notify({
          icon: <SignIcon sign="stopped" />,
          title: `${display} stopped`,
          actions: [{ label: "Start again", onClick: () => act("start") }],
        });
      }
    },
    onError: (error, action) =>
      notify({
        tone: "bad",
        icon: <SignIcon sign="fatal" />,
        title: `${display} did not ${action}`,
        text: sentenceOf(error),
        actions: action === "stop" ? [] : [{ label: "Open log", onClick: () => openLog(name) }],
        copy: `${display} did not ${action}: ${sentenceOf(error)}`,
      }),
  });
  return act satisfies (action: ServiceAction) => void;
}
