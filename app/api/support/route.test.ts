import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { app } from "@/lib/server/app";
import { CALLER_HEADER } from "@/lib/server/http";
import { waitFor } from "@/lib/server/testing/wait-for";
import { GET } from "./route";

let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "support-route-"));
  vi.stubEnv("WORKSPACE_ROOT", dir);
  vi.stubEnv("SUPERVISOR_CONFIG_PATH", join(dir, "absent.conf"));
});
afterAll(() => {
  app().close();
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

function ask(scope: "full" | "read") {
  const caller = { kind: "token", name: "nightly", scope, address: "10.0.0.7" };
  const headers = { [CALLER_HEADER]: JSON.stringify(caller) };
  const request = new Request("http://here/api/support", { headers });
  return GET(request, { params: Promise.resolve({}) });
}

const audit = () => readFileSync(join(dir, "config", "controlpilot-audit.jsonl"), "utf8");

test("who has full rights downloads it, and that is written into the audit", async () => {
  const answer = await ask("full");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/gzip");
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const [, fileName] =
    /^attachment; filename="(.*)"$/.exec(answer.headers.get("content-disposition") ?? "") ?? [];
  expect(fileName).toMatch(/^controlpilot-support-\d{8}T\d{6}\.tar\.gz$/);
  const input = Buffer.from(await answer.arrayBuffer());
  expect(execFileSync("tar", ["-tz"], { input, encoding: "utf8" })).toContain("/versions.json\n");
  const line = await waitFor(() => audit().includes("support.bundle") && audit());
  expect(JSON.parse(line)).toMatchObject({
    actor: "nightly",
    address: "10.0.0.7",
    action: "support.bundle",
    result: "ok",
  });
});

test("who may only look does not", async () => {
  const answer = await ask("read");
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: "forbidden" });
  await waitFor(() => audit().includes(`"refused"`));
});
