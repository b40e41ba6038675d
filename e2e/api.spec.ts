import { renameSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { ErrorBody } from "../lib/contract/errors";
import type { LiveEvents } from "../lib/contract/events";
import { ServiceHistory } from "../lib/contract/history";
import { LogSearch, LogTail } from "../lib/contract/logs";
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

test("a search goes backwards through a log as a terminal shows it, a page at a time", async ({
  machine,
  request,
}) => {
  const lines = [1, 2, 3].map((i) => `step ${i}: \x1b[31mCUDA\x1b[0m out of memory\n`);
  machine.append("comfy.err.log", lines.join("nothing\n"));
  const search = async (query: string) => {
    const answer = await request.get(`/api/services/comfy/log/search?stream=err&${query}`);
    return { status: answer.status(), body: await answer.json() };
  };

  const first = LogSearch.parse((await search("q=cuda+OUT&limit=2")).body);
  expect(first.matches.map(({ text }) => text)).toEqual([
    "step 3: CUDA out of memory",
    "step 2: CUDA out of memory",
  ]);
  const rest = `q=cuda+OUT&file=${first.file}&before=${first.scanned_to}`;
  const second = LogSearch.parse((await search(rest)).body);
  expect(second).toMatchObject({
    matches: [{ text: "step 1: CUDA out of memory", stream: "err" }],
    file: first.file,
    scanned_to: 0,
    exhausted: true,
  });
  const pattern = await search(`q=${encodeURIComponent("^step [12]:")}&regex=true&case=true`);
  expect(pattern.body.matches).toHaveLength(2);

  for (const [query, status, word] of [
    ["q=(&regex=true", 400, "Unterminated group"],
    ["q=", 400, "1 to 1000"],
    ["q=a%0Ab", 400, "one line"],
    ["q=a&case=maybe", 400, "case"],
    ["q=a&before=-1", 400, "before"],
    ["q=a&file=0-0", 404, "gone"],
  ] as const) {
    const { status: got, body } = await search(query);
    expect.soft(got, query).toBe(status);
    expect.soft(body.detail, query).toContain(word);
  }
});

test("a service that does not come up is shown with its cause, and where its log says so", async ({
  machine,
  request,
}) => {
  await request.post("/api/services/crasher/start");

  const services = Services.parse(await (await request.get("/api/services")).json());
  const cause = services.find(({ name }) => name === "crasher")?.cause;
  expect(cause).toMatchObject({
    kind: "missing_module",
    text: "crasher needs the module xformers, which is not installed.",
    line: { stream: "err", text: "ModuleNotFoundError: No module named 'xformers'" },
  });
  const { stream = "err", offset = 0 } = cause?.line ?? {};
  expect(machine.read(`crasher.${stream}.log`).slice(offset)).toMatch(/^ModuleNotFoundError/);
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

test("a log's stream goes on where it was cut off, from its id, through a rotation", async ({
  machine,
  request,
}) => {
  const url = "/api/services/kohya/log/stream?stream=out&wait=false";
  machine.write("kohya.out.log", "one\ntwo\n");
  const first = await request.get(`${url}&lines=1`);
  expect(first.headers()["content-type"]).toContain("text/event-stream");
  const [text] = eventsOf(await first.text());
  expect(text).toMatchObject({ event: "text", data: { text: "two\n", offset: 4, past: true } });

  machine.append("kohya.out.log", "three\n");
  renameSync(`${machine.dir}/kohya.out.log`, `${machine.dir}/kohya.out.log.1`);
  machine.write("kohya.out.log", "four\n");
  const second = await request.get(url, { headers: { "last-event-id": text?.id ?? "" } });
  const [third, mark, fourth, ...rest] = eventsOf(await second.text());
  expect(third).toMatchObject({ event: "text", data: { text: "three\n", offset: 8 } });
  expect(mark).toMatchObject({ event: "mark", data: { kind: "rotated", service: "kohya" } });
  expect(fourth).toMatchObject({ event: "text", data: { text: "four\n", offset: 0 } });
  const placeOf = (id = "") => id.split(",")[0];
  expect(rest.at(-1)?.event).toBe("position");
  expect(placeOf(rest.at(-1)?.id)).toBe(placeOf(fourth?.id));

  const query = new URLSearchParams({ file: text?.data?.file ?? "", lines: "1", before: "8" });
  const older = await (await request.get(`/api/services/kohya/log?${query}`)).json();
  expect(LogTail.parse(older)).toMatchObject({
    log: "two\n",
    path: `${machine.dir}/kohya.out.log.1`,
    offset: 4,
    end: 8,
  });
});

test("several logs come in one stream, and bad wishes are refused before it begins", async ({
  machine,
  request,
}) => {
  machine.write("kohya.out.log", "k\n");
  machine.write("invoke.out.log", "i\n");
  const both = await request.get("/api/logs/stream?names=kohya,invoke&stream=out&wait=false");
  const texts = eventsOf(await both.text()).filter(({ event }) => event === "text");
  expect(texts.map(({ data }) => data?.service).sort()).toEqual(["invoke", "kohya"]);
  const main = await request.get("/api/services/supervisord/log/stream?wait=false&lines=5");
  expect(eventsOf(await main.text())[0]?.data).toMatchObject({ service: "supervisord" });

  for (const [path, status, word] of [
    ["/api/services/ghost/log/stream", 404, "ghost"],
    ["/api/logs/stream?names=kohya,ghost", 404, "ghost"],
    ["/api/logs/stream", 400, "names"],
    ["/api/logs/stream?names=a,b,c,d,e", 400, "names"],
    ["/api/services/kohya/log/stream?stream=all", 400, "stream"],
    ["/api/services/kohya/log/stream?wait=maybe", 400, "wait"],
    ["/api/services/kohya/log?file=..%2Fx", 400, "file"],
    ["/api/services/kohya/log?file=none-such", 404, "gone"],
    ["/api/services/kohya/log?before=-1", 400, "before"],
  ] as const) {
    const answer = await request.get(path);
    expect.soft(answer.status(), path).toBe(status);
    expect.soft((await answer.json()).detail, path).toContain(word);
  }
});

test("a line reaches the streams that are open; SIGTERM ends them and the server", async ({
  machine,
}) => {
  const pid = (await machine.pids()).get("controlpilot");
  if (pid === undefined) throw new Error("ControlPilot does not run");
  let heard = 0;
  const streams = Array.from({ length: 30 }, async () => {
    const answer = await fetch(`${machine.url}/api/services/kohya/log/stream?lines=0`);
    let text = "";
    let isHeard = false;
    for await (const chunk of answer.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (isHeard || !text.includes("hello")) continue;
      isHeard = true;
      heard += 1;
    }
  });
  await machine.until(() => {
    if (heard < streams.length) machine.append("kohya.out.log", "hello\n");
    return heard === streams.length;
  });

  process.kill(pid, "SIGTERM");
  await Promise.all(streams);
  await machine.until(() => !isThere(pid), 5000);
});

test("what happens is pushed to all who listen, and stands in the history", async ({
  machine,
  request,
}) => {
  const [page, other] = [listen(machine.url), listen(machine.url)];
  const comfy = () => page.latest("services")?.find(({ name }) => name === "comfy");
  await expect.poll(comfy).toMatchObject({ state: "RUNNING" });
  await expect.poll(() => page.latest("supervisor")).toMatchObject({ state: "RUNNING" });
  const list = await (await request.get("/api/services")).json();
  expect(page.latest("services")?.map(({ name }) => name)).toEqual(
    list.map(({ name }: { name: string }) => name),
  );

  const pid = comfy()?.pid ?? 0;
  process.kill(pid, "SIGKILL");
  await expect.poll(() => comfy()?.pid).not.toBe(pid);
  await expect.poll(comfy).toMatchObject({ state: "RUNNING", restarts_last_hour: 1 });
  expect((await request.post("/api/services/comfy/stop")).ok()).toBe(true);
  await expect.poll(comfy).toMatchObject({ state: "STOPPED" });
  await expect
    .poll(() => other.latest("services")?.find(({ name }) => name === "comfy"))
    .toMatchObject({ state: "STOPPED" });

  const history = await (await request.get("/api/services/comfy/history?limit=6")).json();
  expect(ServiceHistory.parse(history)).toEqual(history);
  expect(history.complete).toBe(false);
  const kinds = (events: { kind: string }[]) => events.map(({ kind }) => kind);
  expect(kinds(history.events)).toEqual([
    ...["spawned", "running", "exited"],
    ...["spawned", "running", "stopped"],
  ]);
  expect(history.events[2]).toMatchObject({ pid, exit_signal: "SIGKILL", expected: false });
  const before = encodeURIComponent(history.events[0].at);
  const older = await (await request.get(`/api/services/comfy/history?before=${before}`)).json();
  expect(older).toMatchObject({ complete: true, events: [{ kind: "supervisord_started" }] });
  const all = await (await request.get("/api/services/history?hours=1")).json();
  expect(all.map(({ name }: { name: string }) => name)).toEqual([...NINE, "crasher"]);
  expect(kinds(all[2].events).slice(1)).toEqual(kinds(history.events));

  await machine.killSupervisord();
  await expect.poll(() => page.latest("supervisor")).toMatchObject({ code: "unavailable" });
  const last = await (await request.get("/api/services/comfy/history")).json();
  expect(kinds(last.events).slice(1)).toEqual(kinds(history.events));
  await Promise.all([page.leave(), other.leave()]);
});

test("a history is asked for by a name, a number and a time", async ({ request }) => {
  const answers = [
    [await request.get("/api/services/ghost/history"), 404, "ghost"],
    [await request.get("/api/services/comfy/history?limit=-1"), 400, "limit"],
    [await request.get("/api/services/comfy/history?before=yesterday"), 400, "before"],
    [await request.get("/api/services/history?hours=x"), 400, "hours"],
  ] as const;
  for (const [answer, status, word] of answers) {
    expect.soft(answer.status(), answer.url()).toBe(status);
    expect.soft((await answer.json()).detail, answer.url()).toContain(word);
  }
});

/** As a page that is open: it keeps what it was told of last. */
function listen(url: string) {
  const leaving = new AbortController();
  const told = new Map<string, unknown>();
  const done = read().catch((error: unknown) => {
    if (!leaving.signal.aborted) throw error;
  });

  async function read(): Promise<void> {
    const { body } = await fetch(`${url}/api/events`, { signal: leaving.signal });
    let rest = "";
    for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, event, data] = /^event: (\w+)\ndata: (.+)$/.exec(block) ?? [];
        if (event && data) told.set(event, JSON.parse(data));
      }
    }
  }

  return {
    latest: <Name extends keyof LiveEvents>(event: Name) =>
      told.get(event) as LiveEvents[Name] | undefined,
    async leave() {
      leaving.abort();
      await done;
    },
  };
}

type StreamEvent = {
  event: string;
  id: string;
  data: { service?: string; file?: string; kind?: string; text?: string } | null;
};

/** Those of a stream that has ended. */
function eventsOf(stream: string): StreamEvent[] {
  const blocks = stream.split("\n\n").filter((block) => block.includes("event: "));
  return blocks.map((block) => {
    const fields = new Map(
      block.split("\n").map((line) => line.split(/: (.*)/) as [string, string]),
    );
    const [event = "", id = "", data = "null"] = ["event", "id", "data"].map((key) =>
      fields.get(key),
    );
    return { event, id, data: JSON.parse(data) };
  });
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

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
