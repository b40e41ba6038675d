import { expect, test } from "./fixtures";
import { button, pretendAtWork, row } from "./page";

const NINE = [
  "Jupyter Lab",
  "VS Code Server",
  "Comfy UI",
  "Kohya",
  "TensorBoard",
  "Invoke AI",
  "AI Toolkit",
  "ControlPilot",
  "Copilot Sidecar",
];

test("the nine are seen in their order, then the other programs of the config", async ({
  page,
}) => {
  await page.goto("/");

  const names = [...NINE, "crasher"];
  await expect(page.getByRole("checkbox", { name: /^Select (?!all)/ })).toHaveCount(names.length);
  for (const [index, name] of names.entries()) {
    await expect(page.getByRole("row").nth(index + 1)).toContainText(name);
  }
  await expect(row(page, "Comfy UI")).toContainText("Running");
  await expect(
    row(page, "Comfy UI").getByRole("link", { name: "Comfy UI", exact: true }),
  ).toHaveAttribute("href", "http://localhost:5555/");
  await expect(row(page, "Copilot Sidecar")).toContainText("not started yet");
});

test("a restart shows at once, and the pid changes in supervisord", async ({ page, machine }) => {
  await page.goto("/");
  const before = (await machine.pids()).get("comfy");

  await button(page, "Restart Comfy UI").click();
  await expect(row(page, "Comfy UI")).toContainText("Restarting");
  await expect(row(page, "Comfy UI")).toContainText("Running");

  expect((await machine.states()).get("comfy")).toBe("RUNNING");
  expect((await machine.pids()).get("comfy")).not.toBe(before);
});

test("stop and start again", async ({ page, machine }) => {
  await page.goto("/");
  await button(page, "Stop TensorBoard").click();
  await expect(row(page, "TensorBoard")).toContainText("Stopped");
  expect((await machine.states()).get("diffpipe")).toBe("STOPPED");
  await expect(button(page, "Stop TensorBoard")).toHaveAttribute("aria-disabled", "true");

  await button(page, "Start TensorBoard").click();
  await expect(row(page, "TensorBoard")).toContainText("Starting");
  await expect(row(page, "TensorBoard")).toContainText("Running");
  expect((await machine.states()).get("diffpipe")).toBe("RUNNING");
});

test("a service that crashes is explained: in the toast, in its row, in its last words", async ({
  page,
}) => {
  await page.goto("/");
  await button(page, "Start crasher").click();

  const toast = page.getByRole("alert").filter({ hasText: "crasher did not start" });
  await expect(toast).toContainText("exited with 3");
  await expect(toast).toContainText("No module named 'xformers'");
  await expect(row(page, "crasher")).toContainText("Failed");
  await expect(page).toHaveTitle(/^1 needs you/);

  await row(page, "crasher").getByRole("button", { expanded: false }).first().click();
  const why = page.getByRole("region", { name: "Why crasher is down" });
  await expect(row(page, "crasher")).toContainText("gave up after 2 tries");
  await expect(why).toContainText("The module xformers is missing");
  await expect(why).toContainText("ModuleNotFoundError: No module named 'xformers'");
  await toast.getByRole("button", { name: "Open log" }).click();
  await expect(page).toHaveURL(/log=crasher/);
  await expect(page.getByRole("dialog")).toContainText("crasher log");
});

test("work is not lost by a click: the first asks, holding acts", async ({ page, machine }) => {
  await pretendAtWork(page, "kohya");
  await page.goto("/");
  const stop = button(page, "Stop Kohya, asks first");
  const pid = (await machine.pids()).get("kohya");

  await stop.click();
  const question = page.getByRole("alertdialog", { name: "Stop Kohya?" });
  await expect(question).toContainText("It has been up 9 h 41 min");
  await expect(question.getByRole("button", { name: "Keep running" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(question).toBeHidden();
  await expect(stop).toBeFocused();
  expect((await machine.pids()).get("kohya")).toBe(pid);

  const box = await stop.boundingBox();
  await page.mouse.move((box?.x ?? 0) + 8, (box?.y ?? 0) + 8);
  await page.mouse.down();
  await expect(row(page, "Kohya")).toContainText(/Stopping|Stopped/);
  await page.mouse.up();
  await machine.until(async () => (await machine.states()).get("kohya") === "STOPPED");
});

test("stop all leaves ControlPilot, and what works until it is ticked", async ({
  page,
  machine,
}) => {
  await pretendAtWork(page, "kohya");
  await page.goto("/");
  await button(page, "Stop all").click();

  const dialog = page.getByRole("alertdialog");
  await expect(dialog.getByRole("checkbox", { name: /Kohya/ })).not.toBeChecked();
  await dialog.getByRole("button", { name: "Stop 6 services" }).click();

  await expect(row(page, "Invoke AI")).toContainText("Stopped");
  await machine.until(async () => (await machine.pids()).size === 2);
  expect([...(await machine.pids()).keys()].sort()).toEqual(["controlpilot", "kohya"]);
});

test("autostart there and back leaves the file byte for byte as it was, and starts or stops nothing", async ({
  page,
  machine,
}) => {
  const before = machine.read("supervisord.conf");
  const pids = await machine.pids();
  await page.goto("/");
  const toggle = page.getByRole("switch", { name: "Autostart Invoke AI" });
  await expect(toggle).toBeChecked();

  await toggle.click();
  await expect(toggle).not.toBeChecked();
  await expect(row(page, "Invoke AI")).toContainText("loaded: on");
  await machine.until(() => machine.read("supervisord.conf") !== before);
  expect(machine.read("supervisord.conf")).toBe(
    before.replace(/(\[program:invoke\]\n.*\nautostart=)true/, "$1false"),
  );
  await expect(page.getByText("The config file differs from what is loaded")).toContainText(
    "Invoke AI",
  );

  await expect(toggle).toBeEnabled();
  await toggle.click();
  await expect(toggle).toBeChecked();
  await machine.until(() => machine.read("supervisord.conf") === before);
  await expect(row(page, "Invoke AI")).not.toContainText("loaded:");
  expect(await machine.pids()).toEqual(pids);
});

test("a switch that cannot be written says why and goes back", async ({ page, machine }) => {
  machine.append("supervisord.conf", "\nnot an option\n");
  await page.goto("/");
  const toggle = page.getByRole("switch", { name: "Autostart Invoke AI" });

  await toggle.click();

  await expect(page.getByRole("alert").filter({ hasText: "was not changed" })).toContainText(
    "supervisord.conf",
  );
  await expect(toggle).toBeChecked();
});

test("ControlPilot restarts itself, and the page reconnects and says so", async ({
  page,
  machine,
}) => {
  await page.goto("/");
  const pid = (await machine.pids()).get("controlpilot");
  await button(page, "Restart ControlPilot").click();

  await expect(page.getByText("This page reconnects by itself")).toBeVisible();
  await expect(page.getByText("ControlPilot is back")).toBeVisible({ timeout: 20_000 });
  expect((await machine.pids()).get("controlpilot")).not.toBe(pid);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  expect((await machine.pids()).size).toBe(8);
});

test("stopping ControlPilot asks, and explains how to get it back", async ({ page, machine }) => {
  await page.goto("/");
  await button(page, "Stop ControlPilot").click();

  const dialog = page.getByRole("alertdialog", { name: "Stop ControlPilot?" });
  await expect(dialog).toContainText("supervisorctl start controlpilot");
  await dialog.getByRole("button", { name: "Stop ControlPilot" }).click();
  await machine.until(async () => (await machine.states()).get("controlpilot") === "STOPPED");
  await expect(page.getByText("ControlPilot does not answer")).toBeVisible();

  machine.ctl("start", "controlpilot");
  await expect(page.getByText("Live", { exact: true })).toBeVisible({ timeout: 20_000 });
});

test("supervisord killed and started again under the open page", async ({ page, machine }) => {
  await page.goto("/");
  await expect(row(page, "Comfy UI")).toContainText("Running");
  const pid = (await machine.pids()).get("comfy");

  await machine.killSupervisord();
  const notice = page.getByRole("region", { name: "Connection" });
  await expect(notice).toContainText("supervisord does not answer since");
  await expect(notice).toContainText("nothing listens");
  await expect(row(page, "Comfy UI")).toContainText("Unknown since");
  await expect(row(page, "Comfy UI")).toContainText("last seen running");
  await expect(button(page, "Stop Comfy UI")).toHaveAttribute("aria-disabled", "true");

  await machine.startSupervisord();
  await expect(notice).toBeHidden();
  await expect(row(page, "Comfy UI")).toContainText("Running");
  expect((await machine.pids()).get("comfy")).not.toBe(pid);
});
