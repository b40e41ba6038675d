import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Session } from "@/lib/contract/access";
import { request } from "./api";

const READ_ONLY = "You may look at this machine, but not change it.";

/** Who one is here, and whether a password is asked for. Everybody gets an answer. */
export function sessionQuery() {
  return queryOptions({
    queryKey: ["session"],
    queryFn: ({ signal }) => request<Session>("/api/session", { signal }),
    staleTime: 10_000,
    refetchInterval: 60_000,
    networkMode: "always",
    retry: false,
  });
}

/** Until it is known that somebody may only look, they may act: the server refuses what they may not. */
export function useMay(): { act: boolean; why: string | undefined } {
  const isReader = useQuery(sessionQuery()).data?.scope === "read";
  return { act: !isReader, why: isReader ? READ_ONLY : undefined };
}
