"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { AlertCancel, AlertDescription, AlertDialog } from "@/components/ui/dialog";
import type { Service, ServiceAction } from "@/lib/contract/services";
import { actionNames } from "./actions";
import { countOf } from "./format";
import { SignIcon } from "./lamp";
import { signOf } from "./states";

type BulkDialogProps = {
  title: string;
  action: ServiceAction;
  services: Service[];
  onAct: (chosen: Service[]) => void;
  onClose: () => void;
};

/** One question for all of them: what works is left out until it is ticked. */
export function BulkDialog({ title, action, services, onAct, onClose }: BulkDialogProps) {
  const unguarded = services.filter(({ guarded }) => !guarded).map(({ name }) => name);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set(unguarded));
  const chosen = services.filter(({ name }) => ticked.has(name));
  const verb = actionNames[action];

  function tick(name: string, on: boolean) {
    const next = new Set(ticked);
    on ? next.add(name) : next.delete(name);
    setTicked(next);
  }

  return (
    <AlertDialog title={title} onClose={onClose}>
      <ul className="picks">
        {services.map((service) => (
          <li key={service.name}>
            {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the Checkbox in it */}
            <label>
              <Checkbox
                checked={ticked.has(service.name)}
                onChange={(on) => tick(service.name, on)}
              />
              <SignIcon sign={signOf(service)} />
              <span className="grid min-w-0">
                <span className="font-strong">{service.display}</span>
                <span className="second-line">{reasonFor(service, action)}</span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      <AlertDescription className="second-line">
        ControlPilot stays, or you could not start them again.
      </AlertDescription>
      <div className="buttons">
        <Button
          variant="primary"
          disabled={chosen.length === 0}
          onClick={() => {
            onClose();
            onAct(chosen);
          }}
        >
          {verb} {countOf(chosen.length, "service")}
        </Button>
        <AlertCancel asChild>
          <Button>Cancel</Button>
        </AlertCancel>
      </div>
    </AlertDialog>
  );
}

function reasonFor({ guarded, detail }: Service, action: ServiceAction) {
  if (!guarded) return detail;
  return `${detail}, unsaved work would be lost; tick to ${action} it too`;
}
