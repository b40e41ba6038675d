import { vi } from "vitest";
import { aSession } from "@/components/services/testing";
import type { Access, AccessSession, AccessToken, Session } from "@/lib/contract/access";

type Asked = { method: string; path: string; body: unknown };

/** One who is signed in with the password of the settings page, unless said otherwise. */
export function aSignedIn(facts: Partial<Session> = {}): Session {
  return aSession({
    required: true,
    signed_in: true,
    name: "browser",
    password: { set: true, source: "settings" },
    ...facts,
  });
}

export function anAccessSession(facts: Partial<AccessSession> = {}): AccessSession {
  return {
    id: "s1",
    created_at: "2026-02-08T13:52:00Z",
    last_used_at: "2026-02-11T13:52:00Z",
    address: "10.0.0.7",
    browser: "Firefox on Linux",
    current: false,
    ...facts,
  };
}

export function aToken(facts: Partial<AccessToken> = {}): AccessToken {
  return {
    id: "t1",
    name: "nightly",
    scope: "read",
    created_at: "2026-02-08T13:52:00Z",
    last_used_at: null,
    ...facts,
  };
}

/** Stands in for the server. What it answers can be changed at any time. */
export function stubAccess(session: Session, access: Partial<Access> = {}) {
  const server = {
    session,
    access: { sessions: [], tokens: [], ...access } as Access,
    /** What was asked to be changed. */
    asked: [] as Asked[],
    /** Changes what it is asked to, and answers; null where it only says that it is done. */
    answer: (_asked: Asked): Response | Promise<Response> | null => null,
  };

  vi.stubGlobal("fetch", async (path: string, { method = "GET", body }: RequestInit = {}) => {
    if (method === "GET") {
      if (path === "/api/session") return Response.json(server.session);
      return Response.json(path === "/api/access" ? server.access : []);
    }
    const asked = { method, path, body: body ? JSON.parse(String(body)) : undefined };
    server.asked.push(asked);
    return (await server.answer(asked)) ?? Response.json({ status: "ok" });
  });
  return server;
}

/** The page's address, which jsdom does not let go elsewhere. */
export function stubLocation(href: string) {
  const { origin, pathname, search, hash } = new URL(href);
  const location = { href, origin, pathname, search, hash, replace: vi.fn(), assign: vi.fn() };
  vi.stubGlobal("location", location);
  return location;
}
