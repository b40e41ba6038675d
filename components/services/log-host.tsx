"use client";

import { lazily } from "@/components/ui/lazily";
import { closeLog, showStream, useLogAddress } from "@/lib/client/log-address";
import type { Service } from "@/lib/contract/services";

const LogModal = lazily(() => import("@/components/logs/log-modal").then((m) => m.LogModal));

/** The log that the address asks for, over the page. */
export function LogHost({ services }: { services: Service[] }) {
  const open = useLogAddress();
  if (open === null) return null;
  return (
    <LogModal
      service={services.find(({ name }) => name === open.name)}
      name={open.name}
      stream={open.stream}
      at={open.at}
      onStream={showStream}
      onClose={closeLog}
    />
  );
}
