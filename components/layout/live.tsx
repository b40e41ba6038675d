"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { startLive } from "@/lib/client/live/live";
import { mayNotify, notifyOutside } from "@/lib/client/live/notifications";
import { hasYielded } from "@/lib/client/live/tabs";
import { openLog } from "@/lib/client/log-address";
import { openJob } from "@/lib/client/update-address";
import { type Happening, watchHappenings } from "./notify-happenings";
import { createMark } from "./notify-mark";

export { NotifyItem } from "./notify-item";

const PAGES_WITH_PANELS = ["/", "/updates"];

/** Keeps what the page shows as it is on the machine, and tells of failures while nobody looks. */
export function Live() {
  const client = useQueryClient();

  useEffect(() => startLive(client), [client]);

  useEffect(() => {
    const { mark, stop } = createMark();
    const stopWatching = watchHappenings(client, tellIfUnseen);

    function tellIfUnseen(happening: Happening) {
      if (!document.hidden) return;
      const { name, title, text } = happening;
      mark(title);
      // Else it is told by the tab that was seen last.
      if (hasYielded() || !mayNotify()) return;
      notifyOutside({ title, text, about: name, onClick: () => show(happening) });
    }

    function show({ name, job }: Happening) {
      const query = new URLSearchParams(job === null ? { log: name } : { update: name, job });
      if (!PAGES_WITH_PANELS.includes(window.location.pathname))
        window.location.assign(`/?${query}`);
      else if (job === null) openLog(name);
      else openJob(name, job);
    }

    return () => {
      stopWatching();
      stop();
    };
  }, [client]);

  return null;
}
