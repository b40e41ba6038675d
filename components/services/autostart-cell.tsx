"use client";

import { Switch } from "@/components/ui/switch";
import { notify } from "@/components/ui/toast";
import { useAutostart } from "@/lib/client/autostart";
import type { Service } from "@/lib/contract/services";
import { sentenceOf } from "./errors";
import { SignIcon } from "./lamp";
import { useStaleSince } from "./stale";

/** The switch is what the file says; where supervisord goes by something else, that stands beneath it. */
export function AutostartCell({ service }: { service: Service }) {
  const isStale = useStaleSince() !== null;
  const autostart = useAutostart(service, {
    onSuccess: (answer) =>
      notify({
        icon: <SignIcon sign="exited" />,
        title: `Autostart of ${service.display} is ${onOff(answer.autostart)}`,
        text: `From the next start of supervisord. It ${service.running ? "runs on" : "stays as it is"} now.`,
      }),
    onError: (error) =>
      notify({
        tone: "bad",
        icon: <SignIcon sign="fatal" />,
        title: `Autostart of ${service.display} was not changed`,
        text: sentenceOf(error),
      }),
  });
  const loaded = service.autostart_loaded;

  return (
    <>
      <Switch
        label={`Autostart ${service.display}`}
        checked={autostart.enabled}
        disabled={isStale || autostart.isPending}
        onChange={autostart.set}
      />
      {loaded === null || loaded === autostart.enabled ? null : (
        <span className="drift">loaded: {onOff(loaded)}</span>
      )}
    </>
  );
}

function onOff(on: boolean) {
  return on ? "on" : "off";
}
