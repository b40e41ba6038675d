// What the checks of an image share: they run beside a container that is up, and talk to it as its user would.
// URL and CTR name it; ENGINE is the program that runs it, with its options; CYCLE counts the boots of one volume.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const {
  URL: address = "http://127.0.0.1:7878/",
  CTR = "lora-pilot",
  ENGINE = "podman",
} = process.env;
const [engine = "", ...options] = ENGINE.split(" ").filter(Boolean);
const run = promisify(execFile);

export const cycle = Number(process.env.CYCLE ?? 1);
/** The services that every image has, in the order of the dashboard. */
export const NINE =
  "jupyter code-server comfy kohya diffpipe invoke ai-toolkit controlpilot copilot".split(" ");

/** One line for each check, and the first that fails ends it all. @param {string} title @param {() => unknown} look */
export async function check(title, look) {
  try {
    await look();
    console.log(`  ok      ${title}`);
  } catch (error) {
    console.log(`  FAILED  ${title}`);
    throw error;
  }
}

/** @param {() => unknown} look throws while it is not so yet @param {number} [timeoutMs] */
export async function until(look, timeoutMs = 30_000) {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await sleep(250);
    }
  }
}

/** What the command printed inside. Throws where it fails. @param {string[]} command */
export async function inside(...command) {
  const { stdout } = await run(engine, [...options, "exec", CTR, ...command]);
  return stdout.trimEnd();
}

/** Of the engine itself. @param {string[]} args */
export async function ask(...args) {
  const { stdout } = await run(engine, [...options, ...args]);
  return stdout.trim();
}

/** @param {string} path @param {unknown} [body] with one it is a POST */
export async function api(path, body) {
  const post = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const response = await fetch(new URL(path, address), {
    signal: AbortSignal.timeout(60_000),
    ...(body === undefined ? {} : post),
  });
  const answer = await response.json();
  assert.ok(response.ok, `${path} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}

/** @param {string} name */
export async function service(name) {
  const services = await api("/api/services");
  const found = services.find((/** @type {{ name: string }} */ one) => one.name === name);
  assert.ok(found, `there is no service ${name}`);
  return found;
}

/** The container's own page of a port, from inside. @param {number} port */
export const page = (port) =>
  inside(
    "python3",
    "-c",
    `import urllib.request as u; print(u.urlopen("http://127.0.0.1:${port}/", timeout=5).read().decode())`,
  );

/** The status of supervisord's own page for this password; null asks without one. @param {string | null} password */
export async function login(password) {
  const script = `
import base64, sys, urllib.error, urllib.request
request = urllib.request.Request("http://127.0.0.1:9001/")
if len(sys.argv) > 1:
    request.add_header("Authorization", "Basic " + base64.b64encode(("admin:" + sys.argv[1]).encode()).decode())
try:
    print(urllib.request.urlopen(request, timeout=5).status)
except urllib.error.HTTPError as error:
    print(error.code)
`;
  return Number(await inside("python3", "-c", script, ...(password === null ? [] : [password])));
}

/** As secrets.env holds it. @param {string} name */
export const secret = (name) =>
  inside("bash", "-c", `. /workspace/config/secrets.env && printf %s "$${name}"`);
