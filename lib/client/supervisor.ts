import { queryOptions } from "@tanstack/react-query";
import type { Supervisor } from "@/lib/contract/supervisor";
import { request } from "./api";

export function supervisorQuery() {
  return queryOptions({
    queryKey: ["supervisor"],
    queryFn: ({ signal }) => request<Supervisor>("/api/supervisor", { signal }),
    refetchInterval: 5000,
    networkMode: "always",
    retry: false,
  });
}
