import { SearchParamsContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import { type ReactNode, useEffect, useState } from "react";
import { renderPage, stubApi } from "@/components/services/testing";
import type { Service } from "@/lib/contract/services";
import type { HistoryEntry, UpdateJob } from "@/lib/contract/updates";

/** Next gives the address to the hooks; here it is looked at again and again. */
function Address({ children }: { children: ReactNode }) {
  const [search, setSearch] = useState(window.location.search);
  useEffect(() => {
    const timer = setInterval(() => setSearch(window.location.search), 10);
    return () => clearInterval(timer);
  }, []);
  return <SearchParamsContext value={new URLSearchParams(search)}>{children}</SearchParamsContext>;
}

export function renderAt(address: string, page: ReactNode) {
  window.history.pushState(null, "", address);
  return renderPage(<Address>{page}</Address>);
}

/** A server where Comfy UI's newest job and the history can be set at any time. */
export function stubUpdates(services: Service[]) {
  const updates = {
    job: null as UpdateJob | null,
    history: [] as HistoryEntry[],
    historyFailure: null as Response | null,
  };
  const api = stubApi(services);
  api.answerGet = (path) => {
    if (path.endsWith("/update/status")) {
      return Response.json(updates.job ?? { name: "comfy", state: "idle" });
    }
    if (path.startsWith("/api/updates/history")) {
      return updates.historyFailure?.clone() ?? Response.json(updates.history);
    }
    if (path.endsWith("/update/refs")) {
      const tags = [{ name: "v0.3.9", sha: "3".repeat(40) }];
      return Response.json({ branches: [], tags, versions: [], commits: [] });
    }
    return path.includes("/update/log") ? new Response("one\ntwo\n") : null;
  };
  return { api, updates };
}
