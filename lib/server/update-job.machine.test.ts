import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gitIn, removeFolders } from "./testing/git-remotes";
import { createUpdateMachine, type UpdateMachine } from "./testing/update-machine";
import { waitFor } from "./testing/wait-for";
import { codeOf } from "./testing/web-service";

let machine: UpdateMachine;

beforeAll(async () => {
  machine = await createUpdateMachine();
}, 60_000);
afterAll(async () => {
  await machine.end();
  removeFolders();
}, 30_000);

const start = (body = {}) => machine.app().updates.start("comfy", body);
const headOf = () => gitIn(machine.repo, "rev-parse", "HEAD");

describe("an update of a service that runs", { timeout: 60_000 }, () => {
  it("ends with the new code and its packages running, pinned and in the audit", async () => {
    const before = headOf();
    const sha = machine.remote.commit({
      "main.py": codeOf("two"),
      "requirements.txt": "widget==1.1\n",
    });
    const first = await start();
    expect(first.state).toBe("running");
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "done", error: null, whole: true });
    expect(job.outcome).toBe(`Comfy UI runs master@${sha.slice(0, 7)}.`);
    expect(job.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "preflight done",
      "snapshot done",
      "fetch done",
      "apply done",
      "dependencies done",
      "restart done",
      "health done",
      "commit done",
    ]);
    expect(await machine.page()).toBe("two with widget 1.1");
    expect(headOf()).toBe(sha);
    expect(gitIn(machine.repo, "symbolic-ref", "HEAD")).toBe("refs/heads/master");
    expect(machine.pinned()).toContain(`target_ref = "${sha}"`);
    expect(machine.audit()).toMatchObject([
      { service: "comfy", reason: "update", state: "done", before, after: sha, job_id: job.id },
    ]);
    expect(job.output_tail.join("\n")).toContain("$ git");
  });

  it("costs next to nothing where there is nothing to do", async () => {
    await start();
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "done" });
    expect(job.outcome).toMatch(/already\. Nothing was changed\.$/);
  });

  it("is rolled back when the new version crashes some time after its start", async () => {
    const before = machine.picture();
    const pins = machine.pinned();
    const sha = machine.remote.commit({
      "main.py": codeOf(
        "three",
        "import threading\nthreading.Timer(1.5, lambda: os._exit(7)).start()",
      ),
      "requirements.txt": "widget==1.2\n",
    });
    await start();
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "rolled_back", whole: true });
    expect(job.error).toMatch(/Comfy UI does not stay up/);
    expect(job.outcome).toMatch(/^Rolled back\. Comfy UI runs master@/);
    expect(machine.picture()).toEqual(before);
    expect(await machine.page()).toBe("two with widget 1.1");
    expect(machine.pinned()).toBe(pins);
    expect(machine.audit().at(-1)).toMatchObject({ state: "rolled_back", target: sha });
    const row = (await machine.app().versions.list()).find(({ name }) => name === "comfy");
    expect(row).toMatchObject({ update_available: false, failed: { target: sha } });
  });

  it("is rolled back without a restart when its packages cannot be found", async () => {
    const before = machine.picture();
    const service = await machine.app().services.find("comfy");
    machine.remote.commit({ "main.py": codeOf("four"), "requirements.txt": "widget==9.9\n" });
    await start();
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "error", whole: true });
    expect(job.error).toContain("widget==9.9");
    expect(job.outcome).toMatch(/^Nothing was changed\. Comfy UI stays at master@/);
    expect(machine.picture()).toEqual(before);
    expect(await machine.app().services.find("comfy")).toMatchObject({ pid: service.pid });
  });

  it("is cancelled at the user's word, and the old version runs", async () => {
    const before = machine.picture();
    machine.remote.commit({
      "main.py": codeOf("five", "time.sleep(100)"),
      "requirements.txt": "widget==1.2\n",
    });
    await start();
    await waitFor(
      async () =>
        (await machine.job()).steps.some(
          ({ name, state }) => name === "health" && state === "running",
        ),
      40_000,
    );
    await machine.app().updates.cancel("comfy");
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "cancelled", error: null, whole: true });
    expect(machine.picture()).toEqual(before);
    expect(await machine.page()).toBe("two with widget 1.1");
  });

  it("refuses local edits in its way, and keeps them on a branch when it is told to", async () => {
    const sha = machine.remote.commit({
      "main.py": codeOf("six"),
      "requirements.txt": "widget==1.1\n",
    });
    writeFileSync(join(machine.repo, "main.py"), "my own edit\n");
    await start();
    expect(await machine.ended()).toMatchObject({
      state: "error",
      error: expect.stringContaining("main.py"),
    });
    await start({ keep_edits: true });
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "done", kept_branch: `controlpilot/edits-${job.id}` });
    expect(gitIn(machine.repo, "show", `${job.kept_branch}:main.py`)).toBe("my own edit");
    expect(headOf()).toBe(sha);
    expect(await machine.page()).toBe("six with widget 1.1");
  });

  it("goes back by hand to what was there before", async () => {
    await machine.app().updates.rollback("comfy", {});
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "done", trigger: "rollback" });
    expect(await machine.page()).toBe("two with widget 1.1");
    expect(machine.audit().at(-1)).toMatchObject({ reason: "rollback", state: "done" });
  });

  it("leaves a stopped service stopped", async () => {
    await machine.app().actions.act("comfy", "stop");
    await start();
    const job = await machine.ended();
    expect(job).toMatchObject({ state: "done" });
    expect(job.outcome).toMatch(/and stays stopped\.$/);
    expect(await machine.page()).toBeNull();
    await machine.app().actions.act("comfy", "start");
    expect(await waitFor(machine.page)).toBe("six with widget 1.1");
  });
});
