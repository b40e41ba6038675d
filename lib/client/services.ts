import {
  type QueryClient,
  queryOptions,
  useIsMutating,
  useMutation,
  useMutationState,
  useQuery,
} from "@tanstack/react-query";
import type {
  ActionAnswer,
  BulkAction,
  BulkResult,
  Service,
  ServiceAction,
} from "@/lib/contract/services";
import { postJson, request } from "./api";
import { unlessStreaming } from "./live/signals";

const ACTION = ["services", "action"] as const;

export function servicesQuery() {
  return queryOptions({
    queryKey: ["services"],
    queryFn: ({ signal }) =>
      request<Service[]>("/api/services", {
        signal: AbortSignal.any([signal, AbortSignal.timeout(8000)]),
      }),
    networkMode: "always",
    retry: false,
  });
}

/**
 * The services as they are now. Where no stream tells of them they are asked for every second, and twice
 * as often while something is being done; hidden too, so that failures are told of.
 */
export function useLiveServices() {
  const acting = useIsMutating({ mutationKey: ACTION }) > 0;
  return useQuery({
    ...servicesQuery(),
    refetchInterval: () => unlessStreaming(acting ? 500 : 1000),
    refetchIntervalInBackground: true,
  });
}

type Callbacks<Result> = {
  onSuccess?: (result: Result, action: ServiceAction) => void;
  onError?: (error: Error, action: ServiceAction) => void;
};

/** `mutate("stop")`. A restart of ControlPilot itself is pending until it has come back. */
export function useServiceAction(
  service: Service,
  { onSuccess, onError }: Callbacks<unknown> = {},
) {
  const mutation = useMutation({
    mutationKey: ACTION,
    networkMode: "always",
    mutationFn: ({ action }: BulkAction, { client }) =>
      service.self && action === "restart" ? restart(client, service) : act(service, action),
    onSuccess: (answer, { action }) => onSuccess?.(answer, action),
    onError: (error, { action }) => onError?.(error, action),
    onSettled: (_data, _error, _variables, _result, { client }) => refetchServices(client),
  });
  return (action: ServiceAction) => mutation.mutate({ action, names: [service.name] });
}

export function useBulkAction({ onSuccess, onError }: Callbacks<BulkResult[]> = {}) {
  const mutation = useMutation({
    mutationKey: ACTION,
    networkMode: "always",
    mutationFn: (bulk: BulkAction) =>
      request<BulkResult[]>("/api/services/actions", postJson(bulk)),
    onSuccess: (results, { action }) => onSuccess?.(results, action),
    onError: (error, { action }) => onError?.(error, action),
    onSettled: (_data, _error, _variables, _result, { client }) => refetchServices(client),
  });
  return mutation.mutate;
}

/** What this page has asked to be done with the service and has no answer to yet. */
export function usePendingAction(name: string): ServiceAction | undefined {
  const pending = useMutationState({
    filters: { mutationKey: ACTION, status: "pending" },
    select: ({ state }) => state.variables as BulkAction,
  });
  return pending.findLast(({ names }) => names.includes(name))?.action;
}

/** Where the service can be opened from a page at `location`; null where it cannot. */
export function serviceUrl(
  service: Service,
  { protocol, hostname }: Pick<Location, "protocol" | "hostname">,
): string | null {
  if (!service.running || service.held || service.self || service.port === null) return null;
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (!service.public_port && !isLocal) return null;
  const proxied = /^([^.]+)-\d+(\.proxy\.runpod\.net)$/.exec(hostname);
  if (proxied) return `https://${proxied[1]}-${service.port}${proxied[2]}/`;
  return `${protocol}//${hostname}:${service.port}/`;
}

function act({ name, self }: Service, action: ServiceAction) {
  const force = self && action === "stop" ? "?force=true" : "";
  const path = `/api/services/${encodeURIComponent(name)}/${action}${force}`;
  return request<ActionAnswer>(path, { method: "POST" });
}

/** Pending until it has come back. */
async function restart(client: QueryClient, self: Service) {
  const { restartSelf } = await import("./restart-self");
  return restartSelf(self, {
    ask: () => act(self, "restart"),
    look: () => client.fetchQuery({ ...servicesQuery(), staleTime: 0 }),
  });
}

function refetchServices(client: QueryClient) {
  return client.invalidateQueries({ queryKey: servicesQuery().queryKey });
}
