// An image of the original with our portal in it (base/Dockerfile stands in for one): everything of it still runs.
import assert from "node:assert/strict";
import * as common from "./common.mjs";
import { api, check, cycle, inside, page, service, until } from "./container.mjs";

const PORTS = {
  jupyter: 8888,
  "code-server": 8443,
  comfy: 5555,
  kohya: 6666,
  diffpipe: 4444,
  invoke: 9090,
  "ai-toolkit": 8675,
};

await common.tellNumbers();
await common.checkListing();
await check("the original's apps run on their ports", async () => {
  for (const [name, port] of Object.entries(PORTS)) {
    if (name === "jupyter" && cycle > 1) continue;
    await until(async () => {
      const { state, installed } = await service(name);
      assert.deepEqual([name, state, installed], [name, "RUNNING", true]);
      assert.equal(await page(port), name);
    });
  }
});
await common.checkSecrets();
await common.checkRunbook();
await common.checkAutostart();
await check("switched off, a service is not started in a new container", async () => {
  if (cycle > 1) assert.equal((await service("jupyter")).state, "STOPPED");
});
await check("a service restarts by the API", async () => {
  const { pid } = await service("comfy");
  assert.deepEqual(await api("/api/services/comfy/restart", {}), { status: "ok" });
  assert.notEqual((await service("comfy")).pid, pid);
});
await common.checkRestart();
await check("the old portal is gone, the rest of the base is there", async () => {
  await assert.rejects(inside("ls", "/opt/pilot/apps/Portal/app.py"));
  for (const path of [
    "/opt/pilot/original/comfy.sh",
    "/opt/pilot/apps/TagPilot/index.html",
    "/workspace/apps/TagPilot/index.html",
  ]) {
    await inside("ls", path);
  }
});
await check("the versions of its checkouts are read", async () => {
  const versions = await api("/api/services/versions");
  const comfy = versions.find((/** @type {{ name: string }} */ one) => one.name === "comfy");
  assert.match(comfy.installed, /@[0-9a-f]{7}$/);
});
