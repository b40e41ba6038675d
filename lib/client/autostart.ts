import { useMutation } from "@tanstack/react-query";
import type { AutostartAnswer } from "@/lib/contract/autostart";
import type { Service } from "@/lib/contract/services";
import { postJson, request } from "./api";
import { servicesQuery } from "./services";
import { supervisorQuery } from "./supervisor";

type Callbacks = {
  onSuccess?: (answer: AutostartAnswer) => void;
  onError?: (error: Error) => void;
};

/** `enabled` is what the file says, or what it is about to say. */
export function useAutostart(service: Service, { onSuccess, onError }: Callbacks = {}) {
  const mutation = useMutation({
    networkMode: "always",
    mutationFn: (enabled: boolean) =>
      request<AutostartAnswer>(
        `/api/services/${encodeURIComponent(service.name)}/settings/autostart`,
        postJson({ enabled }),
      ),
    onSuccess: (answer) => onSuccess?.(answer),
    onError: (error) => onError?.(error),
    onSettled: async (_data, _error, _enabled, _result, { client }) => {
      void client.invalidateQueries({ queryKey: supervisorQuery().queryKey });
      await client.invalidateQueries({ queryKey: servicesQuery().queryKey });
    },
  });
  return {
    enabled: mutation.isPending ? mutation.variables : service.autostart,
    isPending: mutation.isPending,
    set: mutation.mutate,
  };
}
