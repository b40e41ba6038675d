import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { waitFor } from "@/lib/server/testing/wait-for";
import apps from "@/scripts/apps.json";
import { freePort } from "./testing/free-port";

const STAND_IN = fileURLToPath(new URL("stand-in.mjs", import.meta.url));
const NAMES = Object.keys(apps).filter((name) => name !== "controlpilot") as (keyof typeof apps)[];

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

describe("a stand-in", () => {
  it.each(NAMES)("of %s says on its page what it is and what is missing", async (name) => {
    const { port, out, err } = await start(name);
    const page = await text(`http://127.0.0.1:${port}/`);
    expect(page).toContain(`${apps[name].display} is not installed here`);
    expect(page).toContain(apps[name].portEnv);
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    await waitFor(() => out().split("\n").length > 2);
    expect(err()).toContain(`stand-in for ${apps[name].display}: the lines below are made up`);
  });

  it("names the path at which the real app would be found", async () => {
    const { port } = await start("comfy", { PILOT_REPOS_DIR: "/srv/<repos>" });
    const page = await text(`http://127.0.0.1:${port}/`);
    expect(page).toContain("/srv/&#60;repos&#62;/ComfyUI/main.py");
  });

  it("writes a log in the manner of its app", async () => {
    const invoke = await start("invoke");
    await waitFor(() => invoke.out().includes("Invoke running"));
    expect(invoke.out()).toContain("\u001b[38;20m[");
    expect(invoke.out()).toMatch(
      /\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\]::\[InvokeAI\]::INFO --> Invoke running/,
    );
    const jupyter = await start("jupyter");
    await waitFor(() => jupyter.out().includes("Serving notebooks"));
    expect(jupyter.out()).toMatch(/\[I \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} ServerApp\]/);
  });

  it("logs the requests it gets", async () => {
    const { port, out } = await start("copilot");
    await text(`http://127.0.0.1:${port}/health`);
    await waitFor(() => /127\.0\.0\.1:\d+ - "GET \/health HTTP\/1\.1" 404 Not Found/.test(out()));
  });

  it("stops promptly and well when told to", async () => {
    const { child } = await start("comfy");
    const startedAt = performance.now();
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it("says so when its port is taken, and fails", async () => {
    const { port } = await start("comfy");
    const second = launch("kohya", { KOHYA_PORT: String(port) });
    const [code] = await once(second.child, "exit");
    expect(code).toBe(1);
    expect(second.err().trim()).toBe(
      `The stand-in for Kohya cannot listen on port ${port}: another program uses it. Stop that one, or set KOHYA_PORT to a free port.`,
    );
  });

  it("does not know other names", async () => {
    const { child, err } = launch("toString", {});
    expect((await once(child, "exit"))[0]).toBe(2);
    expect(err()).toContain("There is no service named toString");
  });
});

async function start(name: keyof typeof apps, extra: Record<string, string> = {}) {
  const port = await freePort();
  const started = launch(name, { [apps[name].portEnv]: String(port), ...extra });
  await waitFor(() => text(`http://127.0.0.1:${port}/`).catch(() => null));
  return { port, ...started };
}

function launch(name: string, extra: Record<string, string>) {
  const child = spawn(process.execPath, [STAND_IN, name], {
    env: { ...process.env, SERVICE_HOST: "127.0.0.1", ...extra },
  });
  running.push(child);
  return { child, out: collect(child.stdout), err: collect(child.stderr) };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let collected = "";
  stream.setEncoding("utf8").on("data", (chunk) => {
    collected += chunk;
  });
  return () => collected;
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}
