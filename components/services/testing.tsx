import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { SearchParamsContext } from "next/dist/shared/lib/hooks-client-context.shared-runtime";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { ToastHost } from "@/components/ui/toast";
import type { Session } from "@/lib/contract/access";
import type { ServiceHistory } from "@/lib/contract/history";
import type { Service } from "@/lib/contract/services";
import type { Supervisor } from "@/lib/contract/supervisor";
import type { ServiceVersion, UpdateJob } from "@/lib/contract/updates";

// What jsdom lacks of what sonner and Radix call.
if (typeof window !== "undefined") {
  Element.prototype.setPointerCapture ??= () => {};
  Element.prototype.hasPointerCapture ??= () => false;
  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };
}

const down = { running: false, pid: null, uptime_seconds: null };

/** A service that runs, unless said otherwise. */
export function aService(facts: Partial<Service> = {}): Service {
  const state = facts.state ?? "RUNNING";
  return {
    name: "comfy",
    display: "Comfy UI",
    state,
    state_raw: state,
    running: true,
    autostart: true,
    autostart_loaded: true,
    pid: 4127,
    started_at: "2026-02-11T04:11:00Z",
    stopped_at: null,
    uptime_seconds: 34_860,
    exit_status: null,
    exit_signal: null,
    exit_expected: null,
    spawn_error: null,
    description: "up 9 h 41 min",
    detail: "up 9 h 41 min",
    port: 5555,
    public_port: true,
    installed: true,
    stand_in: false,
    held: false,
    self: false,
    guarded: false,
    restarts_last_hour: 0,
    flapping: false,
    cause: null,
    clock: {
      missing_at: null,
      start_seconds: null,
      stop_wait_seconds: null,
      next_try_at: null,
      tries: 0,
    },
    checked_at: "2026-02-11T13:52:00Z",
    ...(state === "RUNNING" ? {} : down),
    ...facts,
  };
}

export const self = aService({
  name: "controlpilot",
  display: "ControlPilot",
  port: 7878,
  self: true,
});

const supervisor: Supervisor = {
  state: "RUNNING",
  pid: 1,
  version: "4.2.5",
  config_path: "/etc/supervisor/supervisord.conf",
  log_path: null,
  config: { changed: [], added: [], removed: [], options: {}, error: null },
  boot: { problems: [] },
};

/** Nobody is asked for a password, and nobody else reaches this machine, unless said otherwise. */
export function aSession(facts: Partial<Session> = {}): Session {
  return {
    required: false,
    signed_in: false,
    scope: "full",
    name: "anyone",
    password: { set: false, source: null },
    exposed: false,
    meant: false,
    ...facts,
  };
}

/** Stands in for the server. What it answers can be changed at any time. */
export function stubApi(services: Service[]) {
  const api = {
    services,
    session: aSession(),
    config: supervisor.config,
    boot: supervisor.boot,
    log: "",
    versions: [] as ServiceVersion[],
    jobs: [] as UpdateJob[],
    history: [] as ServiceHistory[],
    /** Answers a GET that nothing else answers. */
    answerGet: (_path: string): Response | null => null,
    /** Set, it answers every GET of the services. */
    away: null as null | (() => Response | Promise<Response>),
    posts: [] as { path: string; body: unknown }[],
    answerPost: (_path: string, _body: unknown): Response | Promise<Response> =>
      Response.json({ status: "ok" }),
  };

  vi.stubGlobal("fetch", async (path: string, init?: RequestInit) => {
    if (init?.method === "POST" || init?.method === "PUT") {
      const body: unknown = init.body ? JSON.parse(String(init.body)) : undefined;
      api.posts.push({ path, body });
      return api.answerPost(path, body);
    }
    if (path === "/api/session") return Response.json(api.session);
    if (path === "/api/services") return api.away?.() ?? Response.json(api.services);
    if (path.startsWith("/api/services/versions")) return Response.json(api.versions);
    if (path === "/api/updates/jobs") return Response.json(api.jobs);
    const other = api.answerGet(path);
    if (other !== null) return other;
    if (path === "/api/services/history?hours=24") return Response.json(api.history);
    const past = /^\/api\/services\/([^/]+)\/history\?/.exec(path)?.[1];
    if (past !== undefined) return Response.json(historyOf(api.history, past));
    if (path === "/api/supervisor") {
      const { config, boot } = api;
      return Response.json({ ...supervisor, config, boot });
    }
    const stream = new URL(path, "http://here").searchParams.get("stream");
    const written_at = "2026-02-11T13:52:00Z";
    const log = { log: api.log, path: "/x", stream, size: 4_800_000, offset: 0 };
    return Response.json({ ...log, truncated: false, written_at });
  });
  return api;
}

function historyOf(all: ServiceHistory[], name: string): ServiceHistory {
  return all.find((one) => one.name === name) ?? { name, events: [], complete: true };
}

export function failure(status: number, code: string, detail: string) {
  return Response.json({ detail, code }, { status });
}

export function renderPage(page: ReactNode) {
  return render(
    <SearchParamsContext value={new URLSearchParams()}>
      <QueryClientProvider client={new QueryClient()}>
        {page}
        <ToastHost />
      </QueryClientProvider>
    </SearchParamsContext>,
  );
}
