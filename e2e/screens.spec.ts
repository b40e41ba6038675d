import { devices, type Page } from "@playwright/test";
import { expectAccessible } from "./axe";
import { expect, test as onItsOwn, calmTest as test } from "./fixtures";
import type { Machine } from "./machine";
import { button, pretendAtWork, row } from "./page";

const WIDTHS = [390, 800, 1440, 2560];

const toggle = (page: Page, name: string) => row(page, name).locator("[data-row-toggle]");
const autostart = (page: Page, name: string) =>
  page.getByRole("switch", { name: `Autostart ${name}` });

/** The page with a failed service whose row is open. */
async function openFailure(page: Page, machine: Machine) {
  if ((await machine.states()).get("crasher") !== "FATAL") {
    await page.request.post(`${machine.url}/api/services/crasher/start`);
  }
  await page.goto("/");
  await toggle(page, "crasher").click();
  await expect(page.getByRole("region", { name: "Why crasher is down" })).toContainText(
    "ModuleNotFoundError",
  );
}

const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** What has the focus, and whether one can see that. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return null;
    const framed = element.closest(".field") ?? element;
    // The rows of a log would cover a ring of its own.
    const log = element.matches(".log") ? element.closest(".log-body") : null;
    const ring = log ? getComputedStyle(log, "::after") : getComputedStyle(framed);
    const { outlineStyle, outlineWidth } = ring;
    const all = [...document.body.querySelectorAll("*")];
    return {
      index: all.indexOf(element),
      html: element.outerHTML.slice(0, 120),
      isVisible: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2,
    };
  });

/** Where all that can be pressed or typed into stands on the page. */
const pressable = (page: Page) =>
  page.evaluate(() => {
    const wanted = "a[href], button, input, select, textarea, [tabindex='0']";
    return [...document.body.querySelectorAll("*")].flatMap((element, index) => {
      const isShown = element.checkVisibility({ visibilityProperty: true });
      return element.matches(wanted) && !element.matches(":disabled") && isShown ? [index] : [];
    });
  });

test.describe("no fault that axe knows", () => {
  test("on the page, and in a row that explains a failure", async ({ page, machine }) => {
    await openFailure(page, machine);
    await toggle(page, "Comfy UI").click();
    await expect(page.getByText("[program:comfy]")).toBeVisible();
    await expectAccessible(page);
  });

  test("in a log, and in its question before it is cleared", async ({ page, machine }) => {
    const colours = Array.from(
      { length: 8 },
      (_, n) => `\u001b[3${n}m${n} \u001b[4${n}m${n}\u001b[0m`,
    );
    machine.write("kohya.err.log", `${colours.join("\n")}\n\u001b[2mdim\u001b[0m needle\n`);
    await page.goto("/?log=kohya&stream=err");
    await page.getByRole("textbox", { name: "Find in this log" }).fill("needle");
    await expect(page.getByText("1 of 1")).toBeVisible();
    await button(page, "Clear log").click();
    await expect(button(page, "Keep it")).toBeFocused();
    await expectAccessible(page);
  });

  test("in the question before all are stopped", async ({ page }) => {
    await pretendAtWork(page, "kohya");
    await page.goto("/");
    await button(page, "Stop all").click();
    await expect(page.getByRole("alertdialog", { name: "Stop all" })).toBeVisible();
    await expectAccessible(page);
  });

  test("in the question before work is lost", async ({ page }) => {
    await pretendAtWork(page, "kohya");
    await page.goto("/");
    await button(page, "Stop Kohya, asks first").click();
    await expect(page.getByRole("alertdialog", { name: "Stop Kohya?" })).toBeVisible();
    await expectAccessible(page);
  });

  test("on the sheet of shortcuts", async ({ page }) => {
    await page.goto("/");
    await button(page, "Shortcuts").click();
    await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
    await expectAccessible(page);
  });

  onItsOwn("while supervisord is away", async ({ page, machine }) => {
    await page.goto("/");
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    await machine.killSupervisord();
    await expect(page.getByRole("region", { name: "Connection" })).toBeVisible();
    await expectAccessible(page);
  });
});

test("nothing is wider than the screen", async ({ page, machine }) => {
  await openFailure(page, machine);
  await toggle(page, "Comfy UI").click();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    expect(await overflow(page), `the page at ${width} px`).toBeLessThanOrEqual(0);
  }
  machine.write("kohya.err.log", `${"word ".repeat(500)}\n${"x".repeat(3000)}\n`);
  await page.goto("/?log=kohya&stream=err");
  await expect(page.getByRole("log")).toContainText("word");
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    expect(await overflow(page), `a log at ${width} px`).toBeLessThanOrEqual(0);
  }
});

test("the sum of all services is one line on a phone", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto("/");
  const glance = page.getByRole("region", { name: "At a glance" });
  await expect(glance.getByRole("img")).toHaveCount(10);
  expect((await glance.getByRole("list").boundingBox())?.height).toBeLessThan(20);
});

test.describe("on a phone", () => {
  const { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch } = devices["iPhone 14"];
  test.use({
    viewport: { ...viewport, width: 390, height: 844 },
    userAgent,
    deviceScaleFactor,
    isMobile,
    hasTouch,
  });

  onItsOwn(
    "a service is restarted, its log read, its autostart switched",
    async ({ page, machine }) => {
      await page.goto("/");
      const before = (await machine.pids()).get("ai-toolkit");
      await button(page, "Restart AI Toolkit").tap();
      const card = page.getByRole("row").filter({ hasText: "AI Toolkit" });
      await expect(card).toContainText("Restarting");
      await expect(card).toContainText("Running");
      expect((await machine.pids()).get("ai-toolkit")).not.toBe(before);

      await button(page, "Log of AI Toolkit").tap();
      const log = page.getByRole("dialog", { name: "AI Toolkit log" });
      await expect(log).toContainText("steps: 50%");
      await page.getByRole("button", { name: "Out", exact: true }).tap();
      await expect(log).toContainText("ai-toolkit is up");
      await button(page, "Close").tap();
      await expect(log).toBeHidden();

      const config = machine.read("supervisord.conf");
      await autostart(page, "AI Toolkit").tap();
      await expect(autostart(page, "AI Toolkit")).not.toBeChecked();
      await machine.until(() => machine.read("supervisord.conf") !== config);
      await expect(autostart(page, "AI Toolkit")).not.toHaveAttribute("aria-disabled");
      await autostart(page, "AI Toolkit").tap();
      await machine.until(() => machine.read("supervisord.conf") === config);
    },
  );

  test("the sheet behind More switches the theme", async ({ page }) => {
    await page.goto("/");
    await button(page, "More").tap();
    await button(page, "Dark").tap();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.getByRole("dialog", { name: "More" }).getByText("Close").tap();
    await expect(page.getByRole("dialog")).toBeHidden();
  });
});

test.describe("with the keyboard alone", () => {
  test("Tab reaches everything, and it is seen where one is", async ({ page, machine }) => {
    await openFailure(page, machine);
    await page.reload();
    await expect(row(page, "crasher")).toContainText("Failed");
    // What comes last, once the page has come to rest.
    await expect(page.locator(".cell-day svg")).toHaveCount(10);
    const wanted = await pressable(page);

    const reached: number[] = [];
    await page.keyboard.press("Tab");
    for (let at = await focused(page); at; at = await focused(page)) {
      expect(at.isVisible, `the focus shows on ${at.html}`).toBe(true);
      if (reached.includes(at.index)) break;
      reached.push(at.index);
      await page.keyboard.press("Tab");
    }
    expect(reached).toEqual(wanted);
  });

  onItsOwn(
    "filter, shortcuts, a row, a log, a switch, stop and start",
    async ({ page, machine }) => {
      const press = (...keys: string[]) =>
        keys.reduce((all, key) => all.then(() => page.keyboard.press(key)), Promise.resolve());
      await page.goto("/");
      await expect(row(page, "TensorBoard")).toContainText("Running");

      await press("/");
      await page.keyboard.type("tensor");
      await expect(page.getByRole("checkbox", { name: /^Select (?!all)/ })).toHaveCount(1);
      await press("Escape", "Escape");
      await expect(page.getByRole("checkbox", { name: /^Select (?!all)/ })).toHaveCount(10);

      await press("j", "j", "k");
      await expect(toggle(page, "Jupyter Lab")).toBeFocused();
      await press("?");
      const sheet = page.getByRole("dialog", { name: "Keyboard" });
      await expect(sheet).toBeVisible();
      await press("Escape");
      await expect(sheet).toBeHidden();
      await expect(toggle(page, "Jupyter Lab")).toBeFocused();
      expect((await focused(page))?.isVisible).toBe(true);

      await press("j", "j", "j", "j");
      await expect(toggle(page, "TensorBoard")).toBeFocused();
      await press("Enter");
      await expect(page.getByText("[program:diffpipe]")).toBeVisible();
      await press("l");
      await expect(page.getByRole("log")).toBeFocused();
      expect((await focused(page))?.isVisible).toBe(true);
      await press("Escape");
      await expect(page.getByRole("dialog")).toBeHidden();
      await expect(toggle(page, "TensorBoard")).toBeFocused();

      await press("Tab");
      await expect(autostart(page, "TensorBoard")).toBeFocused();
      const config = machine.read("supervisord.conf");
      await press("Space");
      await expect(autostart(page, "TensorBoard")).not.toBeChecked();
      await machine.until(() => machine.read("supervisord.conf") !== config);
      await expect(autostart(page, "TensorBoard")).toBeFocused();
      await expect(autostart(page, "TensorBoard")).not.toHaveAttribute("aria-disabled");
      await press("Space");
      await machine.until(() => machine.read("supervisord.conf") === config);

      await press("Tab", "Tab", "Tab");
      await expect(button(page, "Stop TensorBoard")).toBeFocused();
      expect((await focused(page))?.isVisible).toBe(true);
      await press("Enter");
      await expect(row(page, "TensorBoard")).toContainText("Stopped");
      expect((await machine.states()).get("diffpipe")).toBe("STOPPED");
      await expect(button(page, "Stop TensorBoard")).toBeFocused();
      await press("Shift+Tab", "Shift+Tab");
      await expect(button(page, "Start TensorBoard")).toBeFocused();
      await expect(button(page, "Start TensorBoard")).not.toHaveAttribute("aria-disabled");
      await press("Enter");
      await expect(row(page, "TensorBoard")).toContainText("Running");
    },
  );
});

test.describe("the theme", () => {
  const background = (page: Page) =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

  test("that was chosen is there before anything is drawn", async ({ page }) => {
    await page.addInitScript(() => {
      localStorage.setItem("controlpilot.theme", "dark");
      const observer = new MutationObserver(() => {
        if (document.body === null) return;
        const { documentElement } = document;
        documentElement.setAttribute("data-seen", documentElement.dataset.theme ?? "none");
        observer.disconnect();
      });
      observer.observe(document, { childList: true, subtree: true });
    });
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto("/", { waitUntil: "commit" });
    await expect(page.locator("html")).toHaveAttribute("data-seen", "dark");
    await page.waitForLoadState("domcontentloaded");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(button(page, "Dark")).toHaveAttribute("aria-pressed", "true");
  });

  test("follows the system until one is chosen, and again when that is given up", async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto("/");
    await expect(row(page, "Comfy UI")).toBeVisible();
    const light = await background(page);
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await background(page);
    expect(dark).not.toBe(light);

    await button(page, "Light").click();
    expect(await background(page)).toBe(light);
    await page.reload();
    await expect(button(page, "Light")).toHaveAttribute("aria-pressed", "true");
    expect(await background(page)).toBe(light);

    await button(page, "As the system").click();
    expect(await background(page)).toBe(dark);
  });
});

onItsOwn("those that are selected are restarted, and no other", async ({ page, machine }) => {
  await page.goto("/");
  const before = await machine.pids();
  await page.getByRole("checkbox", { name: "Select Invoke AI" }).check();
  await page.getByRole("checkbox", { name: "Select Kohya" }).check();
  const bar = page.getByRole("toolbar", { name: "Selected services" });
  await expect(bar).toContainText("2 selected");

  await bar.getByRole("button", { name: "Restart" }).click();
  await expect(page.getByText("2 services restarted")).toBeVisible();

  const after = await machine.pids();
  const changed = [...before.keys()].filter((name) => after.get(name) !== before.get(name));
  expect(changed.sort()).toEqual(["invoke", "kohya"]);
  await bar.getByRole("button", { name: "Clear selection" }).click();
  await expect(bar).toBeHidden();
});

test("a filter that matches nothing says so, and how many it hides", async ({ page }) => {
  await page.goto("/");
  const filter = page.getByRole("searchbox", { name: "Filter services" });
  await filter.fill("5555");
  await expect(page.getByRole("checkbox", { name: /^Select (?!all)/ })).toHaveCount(1);
  await filter.fill("nothing like it");
  await expect(page.getByText("No service matches “nothing like it”")).toBeVisible();
  await expect(page.getByText("10 services are hidden by the filter.")).toBeVisible();
  await button(page, "Clear filter").click();
  await expect(row(page, "Comfy UI")).toBeVisible();
});
