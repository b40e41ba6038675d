// The slim image: ControlPilot runs, and nothing that is not there does.
import assert from "node:assert/strict";
import * as common from "./common.mjs";
import { api, check, cycle, inside, NINE, service, until } from "./container.mjs";

const MAX_MEGABYTES = 450;
const OWN = "/workspace/config/services/hello.conf";
const OWN_SERVICE = `[program:hello]
command=/usr/bin/python3 -m http.server 7000
directory=/tmp
controlpilot_name=Hello
controlpilot_port=7000
stdout_logfile=/workspace/logs/hello.out.log
stderr_logfile=/workspace/logs/hello.err.log
`;

const { megabytes } = await common.tellNumbers();
await common.checkListing();
await check("what is not installed says so, and is left alone", absentOnes);
await common.checkSecrets();
await common.checkRunbook();
await common.checkAutostart();
await check("a service of the user's own is one like the others", ownService);
await common.checkRestart();
await check("what is not installed was never tried", neverTried);
await check(`the image has at most ${MAX_MEGABYTES} MB`, () =>
  assert.ok(megabytes <= MAX_MEGABYTES, `${megabytes} MB`),
);

async function absentOnes() {
  for (const name of NINE.filter((one) => one !== "controlpilot")) {
    const { installed, state, description, autostart } = await service(name);
    assert.deepEqual(
      { installed, state, autostart },
      { installed: false, state: "STOPPED", autostart: false },
      name,
    );
    assert.match(description, /not installed/);
  }
}

async function neverTried() {
  await absentOnes();
  const log = await inside("cat", "/workspace/logs/supervisord.log");
  const spawned = [...log.matchAll(/spawned: '([^']+)'/g)].map(([, name]) => name);
  assert.deepEqual(
    [...new Set(spawned)].filter((name) => name !== "hello"),
    ["controlpilot"],
  );
}

/** Laid down in the first boot, it is there from the second on. */
async function ownService() {
  if (cycle === 1) return inside("bash", "-c", 'printf %s "$1" >"$2"', "", OWN_SERVICE, OWN);
  const hello = await until(async () => {
    const found = await service("hello");
    assert.equal(found.state, "RUNNING");
    return found;
  });
  assert.deepEqual([hello.display, hello.port], ["Hello", 7000]);
  assert.deepEqual(await api("/api/services/hello/restart", {}), { status: "ok" });
  assert.notEqual((await service("hello")).pid, hello.pid);
  assert.match((await api("/api/services/hello/log?lines=10&stream=err")).path, /hello\.err\.log$/);
}
