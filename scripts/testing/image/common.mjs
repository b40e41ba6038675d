// What must be so in every image, be it slim, full, or laid over another.
import assert from "node:assert/strict";
import {
  api,
  ask,
  check,
  cycle,
  inside,
  login,
  NINE,
  secret,
  service,
  until,
} from "./container.mjs";

const { CTR = "" } = process.env;
const SECRETS = "/workspace/config/secrets.env";
/** What a boot leaves for the next one to compare with. */
const NOTES = "/workspace/cache/image-check";

export async function checkListing() {
  await check("nine services, in the order of the dashboard", async () => {
    const names = (await api("/api/services")).map(
      (/** @type {{ name: string }} */ one) => one.name,
    );
    assert.deepEqual(names.slice(0, 9), NINE);
  });
  await check("this boot had no problem", async () => {
    assert.deepEqual((await api("/api/supervisor")).boot.problems, []);
  });
}

export async function checkRunbook() {
  await check("supervisorctl works inside without any environment", async () => {
    const status = await inside("env", "-i", "/usr/bin/supervisorctl", "status").catch(
      (error) => error.stdout,
    );
    for (const name of NINE) assert.match(status, new RegExp(`^${name} +[A-Z]+`, "m"));
    assert.match(status, /^controlpilot +RUNNING/m);
  });
  await check("supervisorctl reread and update find nothing to do", async () => {
    assert.equal(await inside("supervisorctl", "reread"), "No config updates to processes");
    assert.equal(await inside("supervisorctl", "update"), "");
  });
  await check("the logs are where the runbook looks for them", async () => {
    const started = (await api("/api/services")).filter(
      (/** @type {{ started_at: string | null }} */ one) => one.started_at !== null,
    );
    assert.ok(started.length > 0);
    for (const { name } of started) {
      await inside("tail", "-n", "200", `/workspace/logs/${name}.err.log`);
      await inside("tail", "-n", "200", `/workspace/logs/${name}.out.log`);
    }
    const log = await inside("tail", "-n", "200", "/workspace/logs/supervisord.log");
    assert.match(log, /spawned: 'controlpilot'/);
  });
  await check("the health script says so", () => inside("/opt/pilot/healthcheck.sh"));
}

export async function checkRestart() {
  await check("ControlPilot restarts by its API", async () => {
    const { pid } = await service("controlpilot");
    await api("/api/services/controlpilot/restart", {});
    await until(async () => assert.notEqual((await service("controlpilot")).pid, pid));
  });
  await check("ControlPilot restarts by supervisorctl", async () => {
    const { pid } = await service("controlpilot");
    const said = await inside("supervisorctl", "restart", "controlpilot");
    assert.equal(said, "controlpilot: stopped\ncontrolpilot: started");
    await until(async () => {
      const { pid: now, state } = await service("controlpilot");
      assert.ok(now !== pid && state === "RUNNING");
    });
  });
}

export async function checkSecrets() {
  await check(
    "the generated password opens supervisord's page, and nothing else does",
    async () => {
      const password = await secret("SUPERVISOR_ADMIN_PASSWORD");
      assert.ok(password.length >= 16);
      assert.equal(await login(password), 200);
      const literal = "$" + "{SUPERVISOR_ADMIN_PASSWORD:-supervisor_secure_password_2024}";
      for (const wrong of [null, "", "admin", "supervisor_secure_password_2024", literal]) {
        assert.equal(await login(wrong), 401, `with ${JSON.stringify(wrong)}`);
      }
    },
  );
  await check("the secrets are the owner's alone, and the same at each boot", async () => {
    assert.equal(await inside("stat", "-c", "%a", SECRETS), "600");
    await sameAtEachBoot("secrets", await inside("sha256sum", SECRETS));
  });
}

export async function checkAutostart() {
  await check("autostart that was switched off stays off in a new container", async () => {
    if (cycle === 1) await api("/api/services/jupyter/settings/autostart", { enabled: false });
    assert.equal((await service("jupyter")).autostart, false);
    const choices = await inside("cat", "/workspace/config/service-autostart.toml");
    assert.match(choices, /\[services\.jupyter\]\s+autostart = false/);
  });
}

/** @param {string} name @param {string} now */
async function sameAtEachBoot(name, now) {
  const path = `${NOTES}/${name}`;
  if (cycle > 1) return assert.equal(now, await inside("cat", path));
  await inside("bash", "-c", 'mkdir -p "$1" && printf %s "$2" >"$3"', "", NOTES, now, path);
}

/** How large the image is, and how soon ControlPilot was running after the container's start. */
export async function tellNumbers() {
  const image = await ask("inspect", CTR, "--format", "{{.Image}}");
  const bytes = Number(await ask("image", "inspect", image, "--format", "{{.Size}}"));
  const up = await ask("inspect", CTR, "--format", "{{.State.StartedAt}}");
  const { started_at } = await service("controlpilot");
  const megabytes = Math.round(bytes / 1e6);
  console.log(`  image ${megabytes} MB; container up at ${up}, ControlPilot at ${started_at}`);
  return { megabytes };
}
