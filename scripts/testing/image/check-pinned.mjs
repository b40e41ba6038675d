// An image with a ComfyUI from pinned-remote.sh: the commit that a user chose is back after the container is made anew.
// It was built with INSTALL_COMFY=1, COMFY_URL=file:///remote, COMFY_REF=v1 and no torch; /remote is mounted in it.
import assert from "node:assert/strict";
import * as common from "./common.mjs";
import { api, check, cycle, inside, page, service, until } from "./container.mjs";

const CHECKOUT = "/opt/pilot/repos/ComfyUI";
const UPDATE_MS = 180_000;
/** Neither what the image has nor the newest. */
const chosen = await inside("git", "-C", "/remote", "rev-parse", "v2^{commit}");
const head = () => inside("git", "-C", CHECKOUT, "rev-parse", "HEAD");

await common.tellNumbers();
await common.checkListing();
if (cycle === 1) await choose();
else await findBack();

async function choose() {
  await check("the image has its own commit", async () => {
    assert.equal(await head(), await inside("git", "-C", "/remote", "rev-parse", "v1^{commit}"));
    await until(async () => assert.equal(await page(5555), "v1"), UPDATE_MS);
  });
  await check("an update goes to the chosen commit", async () => {
    await api("/api/services/comfy/update/start", { target_version: chosen });
    await until(
      async () => assert.equal((await api("/api/services/comfy/update/status")).state, "done"),
      UPDATE_MS,
    );
    assert.equal(await head(), chosen);
    assert.equal(await page(5555), "v2");
  });
}

async function findBack() {
  await check("the chosen commit is back, by a job of this boot", async () => {
    await until(async () => {
      const { state, trigger } = await api("/api/services/comfy/update/status");
      assert.deepEqual([state, trigger], ["done", "boot"]);
    }, UPDATE_MS);
    assert.equal(await head(), chosen);
    const [newest] = await api("/api/updates/history?service=comfy");
    assert.deepEqual([newest.reason, newest.state], ["boot_reconcile", "done"]);
  });
  await check("the service runs it, and is held no longer", async () => {
    await until(async () => assert.equal(await page(5555), "v2"));
    const { state, held } = await service("comfy");
    assert.deepEqual({ state, held }, { state: "RUNNING", held: false });
  });
  await check("the old commit was never started in this container", async () => {
    const log = await inside("cat", "/workspace/logs/comfy.out.log");
    assert.equal(log.split("\n").filter((line) => line === "serving v1").length, 1);
  });
}
