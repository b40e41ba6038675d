"use client";

import { useQuery } from "@tanstack/react-query";
import { lazily } from "@/components/ui/lazily";
import { supervisorQuery } from "@/lib/client/supervisor";
import type { Service } from "@/lib/contract/services";
import { useHidden } from "./use-hidden";

const HIDDEN_KEY = "controlpilot.hidden-config";

const ConfigError = lazily(() => import("./drift-notice").then((m) => m.ConfigError));
const Drift = lazily(() => import("./drift-notice").then((m) => m.Drift));

/** How the config file differs from what runs, until it is hidden; then until it differs otherwise. */
export function ConfigNotice({ services }: { services: Service[] }) {
  const config = useQuery(supervisorQuery()).data?.config;
  const { isHidden, hide } = useHidden(HIDDEN_KEY, config);

  if (!config || isHidden) return null;
  if (config.error !== null) return <ConfigError text={config.error} onHide={hide} />;
  if ([...config.changed, ...config.added, ...config.removed].length === 0) return null;
  return <Drift config={config} services={services} onHide={hide} />;
}
