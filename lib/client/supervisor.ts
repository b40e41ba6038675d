import { queryOptions } from "@tanstack/react-query";
import type { Supervisor } from "@/lib/contract/supervisor";
import { request } from "./api";
import { unlessStreaming } from "./live/signals";

export function supervisorQuery() {
  return queryOptions({
    queryKey: ["supervisor"],
    queryFn: ({ signal }) => request<Supervisor>("/api/supervisor", { signal }),
    refetchInterval: () => unlessStreaming(5000),
    networkMode: "always",
    retry: false,
  });
}
