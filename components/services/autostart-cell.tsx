"use client";

import { Switch } from "@/components/ui/switch";
import { useAutostart } from "@/lib/client/autostart";
import { useMay } from "@/lib/client/session";
import type { Service } from "@/lib/contract/services";
import { useStaleSince } from "./stale";
import { signOf } from "./states";
import { tell } from "./tell";

/** The switch is what the file says; where supervisord goes by something else, that stands beneath it. */
export function AutostartCell({ service }: { service: Service }) {
  const isStale = useStaleSince() !== null;
  const may = useMay();
  const autostart = useAutostart(service, {
    onSuccess: (answer) => tell((reports) => reports.tellAutostart(service, answer)),
    onError: (error) => tell((reports) => reports.tellNoAutostart(service, error)),
  });
  const loaded = service.autostart_loaded;
  const isFutile = signOf(service) === "notinstalled" && !autostart.enabled;
  const futile = isFutile ? "Not installed: there is nothing to start" : undefined;

  return (
    <>
      <Switch
        label={`Autostart ${service.display}`}
        checked={autostart.enabled}
        title={may.why ?? futile}
        disabled={!may.act || isStale || isFutile || autostart.isPending}
        onChange={autostart.set}
      />
      {loaded === null || loaded === autostart.enabled ? null : (
        <span className="drift">loaded: {loaded ? "on" : "off"}</span>
      )}
    </>
  );
}
