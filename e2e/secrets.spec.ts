import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import type { Machine } from "./machine";
import { button } from "./page";

/** Tells by its beginning what it is. */
const TOKEN = "hf_plantedAbcdefghijklmnopqrst";
/** Looks like nothing: that it is this machine's own, in secrets.env, makes it a secret. */
const OWN = "plainwordplanted";
const PASSWORD = "correct horse 9";

/** Resolves once the machine goes by it: it looks into secrets.env every second. */
async function plant(machine: Machine) {
  mkdirSync(join(machine.dir, "config"), { recursive: true });
  writeFileSync(join(machine.dir, "config", "secrets.env"), `export JUPYTER_TOKEN="${OWN}"\n`);
  machine.write("comfy.err.log", `login with ${TOKEN}\nmine is ${OWN} today\nthe last line\n`);
  await machine.until(async () => {
    const answer = await fetch(`${machine.url}/api/services/comfy/log?stream=err`);
    return !(await answer.text()).includes(OWN);
  });
}

const log = (page: Page) => page.getByRole("log");
const showSecrets = (page: Page) => page.getByRole("menuitemcheckbox", { name: "Show secrets" });

async function openLogMenu(page: Page) {
  await page.goto("/?log=comfy&stream=err");
  await expect(log(page)).toContainText("the last line", { timeout: 20_000 });
  await button(page, "More").click();
  await expect(page.getByRole("menuitemcheckbox", { name: "Compact" })).toBeVisible();
}

test("secrets in a log are hidden until somebody asks for them, which is written down", async ({
  machine,
  page,
}) => {
  await plant(machine);
  await openLogMenu(page);
  await expect(log(page)).toContainText(`login with ${"*".repeat(TOKEN.length)}`);
  await expect(log(page)).toContainText(`mine is ${"*".repeat(OWN.length)} today`);
  await expect(page.getByText("Passwords and tokens in this log are shown")).toBeHidden();

  await showSecrets(page).click();
  await expect(log(page)).toContainText(`login with ${TOKEN}`);
  await expect(log(page)).toContainText(`mine is ${OWN} today`);
  await button(page, "Hide them").click();
  await expect(log(page)).toContainText(`mine is ${"*".repeat(OWN.length)} today`);
  await expect(log(page)).not.toContainText(TOKEN);

  await page.goto("/activity");
  const table = page.getByRole("table", { name: "Activity" });
  await expect(table).toContainText("showed the secrets in the log of Comfy UI");
  await expect(table).not.toContainText(TOKEN);
});

test("who may only look is neither offered secrets nor given them", async ({
  browser,
  machine,
  request,
}) => {
  await plant(machine);
  const created = await request.post("/api/access/tokens", {
    data: { name: "watcher", scope: "read" },
  });
  const { token } = await created.json();
  await request.put("/api/access/password", { data: { password: PASSWORD } });

  const authorization = `Bearer ${token}`;
  const context = await browser.newContext({
    baseURL: machine.url,
    extraHTTPHeaders: { authorization },
  });
  const page = await context.newPage();
  await openLogMenu(page);
  await expect(showSecrets(page)).toBeHidden();
  await expect(log(page)).toContainText("mine is");
  await expect(log(page)).not.toContainText(OWN);

  for (const path of [
    "/api/services/comfy/log/stream?stream=err&reveal=true",
    "/api/services/comfy/log/download?stream=err&reveal=true",
    "/api/support",
  ]) {
    expect((await context.request.get(path)).status(), path).toBe(403);
  }
  await context.close();
});

test("the support bundle is one click away, and holds no secret", async ({
  machine,
  page,
}, testInfo) => {
  await plant(machine);
  await page.goto("/settings");
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download support bundle" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^controlpilot-support-\w+\.tar\.gz$/);

  const archive = testInfo.outputPath("bundle.tar.gz");
  await download.saveAs(archive);
  const names = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" });
  for (const name of ["README.txt", "comfy"]) expect(names).toContain(name);
  const everything = execFileSync("tar", ["-xzOf", archive], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  // The lines themselves are there.
  expect(everything).toContain("the last line");
  expect(everything).toContain("mine is ••• today");
  expect(everything).not.toContain(TOKEN);
  expect(everything).not.toContain(OWN);
  expect(readFileSync(archive, "latin1")).not.toContain(OWN);

  await page.goto("/activity");
  await expect(page.getByRole("table", { name: "Activity" })).toContainText(
    "made a support bundle",
  );
});
