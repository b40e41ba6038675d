import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { Agent, type RequestOptions, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright";
import xmlrpc from "xmlrpc";
import { freePort, Machine, PORTAL } from "../e2e/machine";
import { countCalls } from "./counting-socket";
import { measureLive } from "./live";
import { rssOf, time, timeInTurns } from "./measure";
import { measureSearch } from "./search";
import { measureUpdates } from "./updates";

const agent = new Agent({ keepAlive: true, maxSockets: 400 });
const rows: string[][] = [];

function report(what: string, figure: string, target: string, isReached: boolean): void {
  rows.push([what, figure, target, target === "" ? "" : isReached ? "yes" : "NO"]);
}

function ask(method: string, url: string, body?: string): Promise<string> {
  return new Promise((done, failed) => {
    const options: RequestOptions = { method, agent };
    if (body) options.headers = { "content-type": "application/json" };
    request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => done(text));
    })
      .on("error", failed)
      .end(body);
  });
}

const rpcAgent = new Agent({ keepAlive: true });

function rpc(method: string, params: unknown[] = []): Promise<unknown> {
  const options = { socketPath: machine.socketPath, path: "/RPC2", agent: rpcAgent };
  const client = xmlrpc.createClient(options as never);
  return new Promise((done, failed) => {
    client.methodCall(method, params, (error, value) => (error ? failed(error) : done(value)));
  });
}

const ms = (value: number) => `${value.toFixed(2)} ms`;

const counterDir = mkdtempSync(join(tmpdir(), "cp-bench-"));
const counterPath = join(counterDir, "s.sock");
const machine = new Machine({ SUPERVISOR_SOCKET: counterPath });
const counter = await countCalls(counterPath, () => machine.socketPath);
await machine.start();
const api = (path: string) => `${machine.url}/api${path}`;
const pid = (await machine.pids()).get("controlpilot") ?? 0;

try {
  await warmUp();
  await measureList();
  await measureCallers(20);
  await measureCallers(200);
  await measureLogs();
  await measureAutostart();
  await measureRestart();
  await measureColdStart();
  await measureMemory();
  await measureScripts();
} finally {
  await machine.end();
  counter.close();
  rmSync(counterDir, { recursive: true });
}
await measureUpdates(report);
await measureLive(report);
await measureSearch(report);
print();
process.exit(0);

async function warmUp(): Promise<void> {
  await time(300, () => ask("GET", api("/services")));
  await time(300, () => ask("GET", api("/no-such-path")));
}

async function measureList(): Promise<void> {
  const times = await timeInTurns(1000, {
    list: () => ask("GET", api("/services")),
    constant: () => ask("GET", api("/no-such-path")),
    bare: () => rpc("supervisor.getAllProcessInfo"),
  });
  const ratio = times.list.median / times.constant.median;
  report("GET /api/services", ms(times.list.median), "", true);
  report("  against a constant JSON answer", `${ratio.toFixed(2)} x`, "<= 1.5 x", ratio <= 1.5);
  const toBare = times.list.median / times.bare.median;
  report("  against one bare XML-RPC call", `${toBare.toFixed(2)} x`, "", true);
}

async function measureCallers(callers: number): Promise<void> {
  const rounds = 10;
  let alone = 0;
  let together = 0;
  const times = await timeInTurns(rounds, {
    one: async () => {
      await sleep(300);
      counter.take();
      await ask("GET", api("/services"));
      alone += counter.take();
    },
    many: async () => {
      await sleep(300);
      counter.take();
      await Promise.all(Array.from({ length: callers }, () => ask("GET", api("/services"))));
      together += counter.take();
    },
  });
  const figure = `${together} calls in ${rounds} rounds, one caller: ${alone}`;
  report(`${callers} callers at once`, figure, "the same", together === alone);
  report("  until all have their answer", ms(times.many.median - 300), "", true);
}

async function measureLogs(): Promise<void> {
  for (const [name, size] of [
    ["10 KB", 10_000],
    ["100 MB", 100_000_000],
    ["4 GB", 4_000_000_000],
  ] as const) {
    const path = join(machine.dir, "kohya.out.log");
    writeFileSync(path, "");
    truncateSync(path, Math.max(0, size - 10_000));
    writeFileSync(path, `${"a line of a log, as long as they are\n".repeat(300)}`, { flag: "a" });
    const times = await timeInTurns(40, {
      ours: () => ask("GET", api("/services/kohya/log?lines=200&stream=out")),
      tail: async () => {
        const child = spawn("tail", ["-n", "200", path], { stdio: ["ignore", "pipe", "ignore"] });
        child.stdout.resume();
        await once(child, "close");
      },
    });
    const { ours, tail } = times;
    report(`GET log?lines=200 of ${name}`, ms(ours.median), "<= 3 ms", ours.median <= 3);
    const ratio = ours.median / tail.median;
    report("  against tail -n 200", `${ratio.toFixed(2)} x`, "< 1 x", ratio < 1);
  }
}

async function measureAutostart(): Promise<void> {
  const url = api("/services/kohya/settings/autostart");
  const { median } = await time(30, (round) =>
    ask("POST", url, JSON.stringify({ enabled: round % 2 === 1 })),
  );
  report("POST autostart", ms(median), "", true);
}

async function measureRestart(): Promise<void> {
  const times = await timeInTurns(7, {
    ours: () => ask("POST", api("/services/comfy/restart")),
    supervisord: async () => {
      await rpc("supervisor.stopProcess", ["comfy", true]);
      await rpc("supervisor.startProcess", ["comfy", true]);
    },
  });
  const more = times.ours.median - times.supervisord.median;
  report("Restart, beyond supervisord's own", ms(more), "<= 150 ms", more <= 150);
}

async function measureColdStart(): Promise<void> {
  const { median } = await time(5, async () => {
    const port = await freePort();
    const child = spawn(PORTAL, {
      stdio: "ignore",
      env: {
        ...process.env,
        PORTAL_PORT: String(port),
        PORTAL_HOST: "127.0.0.1",
        SUPERVISOR_CONFIG_PATH: machine.configPath,
        WORKSPACE_ROOT: machine.dir,
      },
    });
    while (!(await isAnswered(`http://127.0.0.1:${port}/api/services`))) await sleep(10);
    child.kill();
  });
  report("Cold start to the first list", ms(median), "<= 1000 ms", median <= 1000);
}

async function isAnswered(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

async function measureMemory(): Promise<void> {
  report("Memory after all of the above", `${(rssOf(pid) / 1024).toFixed(0)} MB`, "", true);
  for (let round = 0; round < 100; round += 1) {
    await Promise.all(Array.from({ length: 200 }, () => ask("GET", api("/services"))));
  }
  const loaded = rssOf(pid) / 1024;
  report("Memory after 20 000 more lists", `${loaded.toFixed(0)} MB`, "<= 130 MB", loaded <= 130);
}

async function measureScripts(): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking"],
  });
  const page = await browser.newPage();
  const session = await page.context().newCDPSession(page);
  const scripts = new Set<string>();
  let bytes = 0;
  session.on("Network.responseReceived", ({ requestId, type }) => {
    if (type === "Script") scripts.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await session.send("Network.enable");
  await page.goto(machine.url);
  await page
    .getByRole("link", { name: /Comfy UI/ })
    .first()
    .waitFor();
  await browser.close();
  const kb = bytes / 1024;
  report("Scripts of the first load, gzip", `${kb.toFixed(1)} KB`, "<= 165 KB", kb <= 165);
}

function print(): void {
  const titles = ["what", "figure", "to reach", "reached"];
  const table = [titles, titles.map(() => "---"), ...rows];
  for (const row of table) console.log(`| ${row.join(" | ")} |`);
}
