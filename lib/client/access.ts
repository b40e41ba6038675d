import { type QueryClient, queryOptions, useMutation } from "@tanstack/react-query";
import type { Access, CreatedToken, NewPassword, NewToken, Session } from "@/lib/contract/access";
import { postJson, request } from "./api";
import { sessionQuery } from "./session";
import { SIGN_IN_PAGE } from "./sign-in";

/** Who is signed in, and the tokens that there are. */
export function accessQuery() {
  return queryOptions({
    queryKey: ["access"],
    queryFn: ({ signal }) => request<Access>("/api/access", { signal }),
    refetchInterval: 30_000,
    networkMode: "always",
    retry: false,
  });
}

export function useSignIn() {
  return useMutation({
    networkMode: "always",
    mutationFn: (password: string) => request<Session>("/api/session", postJson({ password })),
    onSuccess: (session, _password, _result, { client }) =>
      client.setQueryData(sessionQuery().queryKey, session),
  });
}

export function useSignOut() {
  return useMutation({
    networkMode: "always",
    mutationFn: () => request("/api/session", { method: "DELETE" }),
    // Loaded anew, so that nothing stays in the page that it was shown.
    onSuccess: () => window.location.assign(SIGN_IN_PAGE),
  });
}

/** Whoever sets it is signed in with it. */
export function useSetPassword() {
  return useAccessChange((password: NewPassword) =>
    request<Session>("/api/access/password", sendJson("PUT", password)),
  );
}

export function useRemovePassword() {
  return useAccessChange((current: string) =>
    request("/api/access/password", sendJson("DELETE", { current })),
  );
}

/** Whether it is meant that everybody may use this machine. */
export function useSetMeant() {
  return useAccessChange((meant: boolean) =>
    request("/api/access/exposure", sendJson("PUT", { meant })),
  );
}

export function useCreateToken() {
  return useAccessChange((token: NewToken) =>
    request<CreatedToken>("/api/access/tokens", postJson(token)),
  );
}

export function useRevokeToken() {
  return useAccessChange((id: string) => remove(`/api/access/tokens/${encodeURIComponent(id)}`));
}

export function useEndSession() {
  return useAccessChange((id: string) => remove(`/api/access/sessions/${encodeURIComponent(id)}`));
}

/** All but the one that asks. */
export function useEndOtherSessions() {
  return useAccessChange<void, unknown>(() => remove("/api/access/sessions"));
}

function useAccessChange<Wish, Answer>(change: (wish: Wish) => Promise<Answer>) {
  return useMutation({
    networkMode: "always",
    mutationFn: change,
    onSettled: (_data, _error, _wish, _result, { client }) => refetchAccess(client),
  });
}

function refetchAccess(client: QueryClient) {
  void client.invalidateQueries({ queryKey: sessionQuery().queryKey });
  return client.invalidateQueries({ queryKey: accessQuery().queryKey });
}

function remove(path: string) {
  return request(path, { method: "DELETE" });
}

function sendJson(method: "PUT" | "DELETE", body: unknown): RequestInit {
  return { ...postJson(body), method };
}
