"use client";

import { Button } from "@/components/ui/button";
import { CopyIconButton } from "@/components/ui/copy-button";
import { AlertCancel, AlertDescription, AlertDialog } from "@/components/ui/dialog";
import type { Service, ServiceAction } from "@/lib/contract/services";
import { SignIcon } from "./lamp";
import { signOf } from "./states";

type SelfStopDialogProps = {
  service: Service;
  act: (action: ServiceAction) => void;
  onClose: () => void;
};

export function SelfStopDialog({ service, act, onClose }: SelfStopDialogProps) {
  const command = `supervisorctl start ${service.name}`;
  const title = (
    <>
      <SignIcon sign={signOf(service)} />
      Stop {service.display}?
    </>
  );
  const choose = (action: ServiceAction) => () => {
    onClose();
    act(action);
  };

  return (
    <AlertDialog title={title} onClose={onClose}>
      <AlertDescription>
        This page goes away; the other services run on. To get it back, type in a terminal of the
        machine:
      </AlertDescription>
      <div className="quote flex items-center py-0.5 pr-0.5">
        <code className="flex-1">{command}</code>
        <CopyIconButton text={command} label="Copy the command" />
      </div>
      <div className="buttons">
        <Button variant="primary" onClick={choose("restart")}>
          Restart instead
        </Button>
        <Button variant="danger" onClick={choose("stop")}>
          Stop {service.display}
        </Button>
        <AlertCancel asChild>
          <Button variant="quiet">Cancel</Button>
        </AlertCancel>
      </div>
    </AlertDialog>
  );
}
