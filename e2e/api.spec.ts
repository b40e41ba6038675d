import { request as httpRequest } from "node:http";
import { ErrorBody } from "../lib/contract/errors";
import { LogTail } from "../lib/contract/logs";
import { Services } from "../lib/contract/services";
import { Health, Supervisor } from "../lib/contract/supervisor";
import { expect, test } from "./fixtures";

const NINE = [
  "jupyter",
  "code-server",
  "comfy",
  "kohya",
  "diffpipe",
  "invoke",
  "ai-toolkit",
  "controlpilot",
  "copilot",
];

test("a script sees, starts, stops and restarts services as it always did", async ({
  machine,
  request,
}) => {
  const services = await (await request.get("/api/services")).json();
  expect(services.map(({ name }: { name: string }) => name)).toEqual([...NINE, "crasher"]);
  expect(services[2]).toMatchObject({
    name: "comfy",
    display: "Comfy UI",
    state: "RUNNING",
    state_raw: "RUNNING",
    running: true,
    autostart: true,
  });

  const before = (await machine.pids()).get("comfy");
  const restarted = await request.post("/api/services/comfy/restart");
  expect(await restarted.json()).toEqual({ status: "ok" });
  expect((await machine.states()).get("comfy")).toBe("RUNNING");
  expect((await machine.pids()).get("comfy")).not.toBe(before);

  expect(await (await request.post("/api/services/comfy/stop")).json()).toEqual({ status: "ok" });
  expect((await machine.states()).get("comfy")).toBe("STOPPED");
  const [, , comfy] = await (await request.get("/api/services")).json();
  expect(comfy).toMatchObject({
    state: "STOPPED",
    running: false,
    pid: null,
    uptime_seconds: null,
  });

  const bulk = await request.post("/api/services/actions", {
    data: { action: "start", names: ["comfy", "crasher"] },
  });
  expect(await bulk.json()).toEqual([
    { name: "comfy", status: "ok" },
    { name: "crasher", status: "error", detail: expect.stringContaining("exited with 3") },
  ]);
});

test("a start that fails says why, with the last line of the err log", async ({ request }) => {
  const answer = await request.post("/api/services/crasher/start");

  expect(answer.status()).toBe(409);
  expect((await answer.json()).detail).toContain("No module named 'xformers'");
});

test("bad requests are told what is wrong, and change nothing", async ({ machine, request }) => {
  const pids = await machine.pids();
  const answers = [
    [await request.post("/api/services/ghost/start"), 404, "ghost"],
    [await request.post("/api/services/comfy/explode"), 400, "start, stop or restart"],
    [await request.get("/api/services/comfy/restart"), 405, "POST"],
    [await request.get("/api/nothing/here"), 404, "/api/nothing/here"],
    [await request.get("/api"), 404, "/api"],
    [await request.get("/api/services/%E0%A4%A/log"), 400, "encoded"],
    [await request.fetch("/api/services", { method: "PROPFIND" }), 405, "PROPFIND"],
    [await request.get("/api/services/comfy/log?lines=1&lines=2"), 400, "lines"],
    [await request.get(`/api/services/${"x".repeat(5000)}/log`), 400, "name"],
    [await request.get("/api/services/..%2F..%2Fetc%2Fpasswd/log"), 400, "name"],
    [await request.get("/api/services/comfy%3Azzz/log"), 404, "comfy:zzz"],
    [await request.get("/api/services/comfy/log?lines=-1"), 400, "lines"],
    [await request.get("/api/services/comfy/log?lines=ten"), 400, "lines"],
    [await request.get("/api/services/comfy/log?lines="), 400, "lines"],
    [await request.get("/api/services/comfy/log?stream=both"), 400, "stream"],
    [await request.get("/api/services/ghost/log"), 404, "ghost"],
    [await request.get("/api/services/copilot/log"), 404, "no log yet"],
    [
      await request.post("/api/services/comfy/settings/autostart", { data: { enabled: "yes" } }),
      400,
      "enabled",
    ],
    [await request.post("/api/services/comfy/settings/autostart", { data: "{" }), 400, "JSON"],
    [
      await request.post("/api/services/ghost/settings/autostart", { data: { enabled: true } }),
      404,
      "ghost",
    ],
    [
      await request.post("/api/services/actions", { data: { action: "start", names: [] } }),
      400,
      "names",
    ],
    [await request.post("/api/services/controlpilot/stop"), 409, "force=true"],
  ] as const;

  for (const [answer, status, word] of answers) {
    const body = await answer.json();
    expect.soft(answer.status(), answer.url()).toBe(status);
    expect.soft(body.detail, answer.url()).toContain(word);
    expect.soft(answer.headers()["cache-control"], answer.url()).toBe("no-store");
  }
  expect(await machine.pids()).toEqual(pids);
});

test("HEAD and OPTIONS are answered, and every answer of the list keeps to the contract", async ({
  request,
}) => {
  expect((await request.head("/api/services")).status()).toBe(200);
  expect((await request.head("/api/services/comfy/log/download?stream=out")).status()).toBe(200);
  const options = await request.fetch("/api/services/comfy/log", { method: "OPTIONS" });
  expect(options.headers().allow).toBe("GET, DELETE");

  const parses = (schema: { parse: (value: unknown) => unknown }, value: unknown) =>
    expect(schema.parse(value)).toEqual(value);
  parses(Services, await (await request.get("/api/services")).json());
  parses(Supervisor, await (await request.get("/api/supervisor")).json());
  parses(Health, await (await request.get("/api/health")).json());
  parses(LogTail, await (await request.get("/api/services/comfy/log")).json());
  parses(ErrorBody, await (await request.get("/api/nothing")).json());
});

test("foreign hosts and other sites' pages are refused, everywhere", async ({
  machine,
  request,
}) => {
  for (const path of ["/", "/api/health", "/theme.js", "/nothing"]) {
    expect(await statusUnder(machine.url, path, { host: "evil.example" })).toBe(403);
  }
  const foreign = await request.post("/api/services/comfy/stop", {
    headers: { origin: "https://evil.example" },
  });
  expect(foreign.status()).toBe(403);
  expect((await machine.states()).get("comfy")).toBe("RUNNING");
  const own = await request.post("/api/services/comfy/start", { headers: { origin: machine.url } });
  expect(own.status()).toBe(200);
});

test("pages, files and answers carry the security headers", async ({ request }) => {
  for (const path of ["/", "/icon.svg", "/api/health", "/nothing"]) {
    const headers = (await request.get(path)).headers();
    expect(headers["content-security-policy"], path).toMatch(/script-src 'self' 'sha256-/);
    expect(headers["content-security-policy"], path).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["x-powered-by"], path).toBeUndefined();
  }
});

test("without supervisord the list is refused with the reason, logs are still read", async ({
  machine,
  request,
}) => {
  await request.get("/api/services");
  await machine.killSupervisord();

  await expect.poll(async () => (await request.get("/api/services")).status()).toBe(503);
  expect((await (await request.get("/api/services")).json()).detail).toContain("does not answer");
  expect((await request.post("/api/services/comfy/stop")).status()).toBe(503);
  await expect
    .poll(async () => (await request.get("/api/health")).json())
    .toMatchObject({ status: "ok", supervisord: "down" });
  const log = await (await request.get("/api/services/comfy/log?stream=out")).json();
  expect(log.log).toContain("comfy is up");
});

test("a frozen supervisord is an answer within the deadline", async ({ machine, request }) => {
  machine.freezeSupervisord(true);
  const answer = await request.get("/api/services");
  expect(answer.status()).toBe(503);
  expect((await answer.json()).detail).toContain("frozen");
  expect((await (await request.get("/api/health")).json()).supervisord).toBe("busy");
});

test("logs: both streams, sizes, offsets, and an emptied one leaves the other", async ({
  machine,
  request,
}) => {
  machine.append("comfy.out.log", "one\ntwo\nthree\n");
  const out = await (await request.get("/api/services/comfy/log?lines=2&stream=out")).json();
  expect(out).toMatchObject({
    log: "two\nthree\n",
    path: `${machine.dir}/comfy.out.log`,
    stream: "out",
    truncated: false,
    size: machine.read("comfy.out.log").length,
    offset: machine.read("comfy.out.log").length - 10,
  });

  expect(await (await request.delete("/api/services/comfy/log?stream=out")).json()).toEqual({
    status: "ok",
    cleared: ["out"],
  });
  expect(machine.read("comfy.out.log")).toBe("");
  expect(machine.read("comfy.err.log")).toContain("steps");
  expect(await (await request.delete("/api/services/comfy/log")).json()).toMatchObject({
    status: "ok",
  });
  expect(machine.read("comfy.err.log")).toBe("");
});

test("eight switches flipped at once all arrive; flipped back, the files are as they were", async ({
  machine,
  request,
}) => {
  const before = [machine.read("supervisord.conf"), machine.read("conf.d/extra.conf")];
  const pids = await machine.pids();
  const names = [...NINE.slice(0, 7), "crasher"];
  const flip = (enabled: boolean) =>
    Promise.all(
      names.map((name) =>
        request.post(`/api/services/${name}/settings/autostart`, {
          data: { enabled: name === "crasher" ? !enabled : enabled },
        }),
      ),
    );

  for (const answer of await flip(false)) expect(answer.ok()).toBe(true);
  const services = await (await request.get("/api/services")).json();
  for (const { name, autostart, autostart_loaded } of services) {
    if (!names.includes(name)) continue;
    expect({ name, autostart, autostart_loaded }).toEqual({
      name,
      autostart: name === "crasher",
      autostart_loaded: name !== "crasher",
    });
  }
  const { config } = await (await request.get("/api/supervisor")).json();
  expect(config.changed.sort()).toEqual([...names].sort());
  expect(config.options.comfy).toEqual(["autostart"]);

  await flip(true);
  expect([machine.read("supervisord.conf"), machine.read("conf.d/extra.conf")]).toEqual(before);
  expect(await machine.pids()).toEqual(pids);
  expect(machine.read("config/service-autostart.toml")).toContain(
    "[services.comfy]\nautostart = true",
  );
});

/** fetch and Playwright set Host themselves. */
function statusUnder(url: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    httpRequest(url + path, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}
