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
    onError: (error, action) => {
      const title = `${display} did not ${action}`;
      const text = withoutTitle(sentenceOf(error), display);
      notify({
        tone: "bad",
        icon: <SignIcon sign="fatal" />,
        title,
        text,
        actions: action === "stop" ? [] : [{ label: "Open log", onClick: () => openLog(name) }],
        copy: `${title}: ${text}`,
      });
    },
  });
  return act satisfies (action: ServiceAction) => void;
}

/** The server's sentence stands on its own for scripts; under a title it need not say it twice. */
function withoutTitle(sentence: string, display: string) {
  const rest = sentence.startsWith(`${display} did not `)
    ? sentence.slice(sentence.indexOf(": ") + 2)
    : sentence;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
