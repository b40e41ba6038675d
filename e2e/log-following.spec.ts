import type { Page } from "@playwright/test";
import { expect, test as onItsOwn, calmTest as test } from "./fixtures";
import { line, numbered, openWith, stream, text } from "./log-view";
import { button } from "./page";

const newLines = (page: Page) => page.getByRole("button", { name: /new lines?$/ });

const distanceToEnd = (page: Page) =>
  text(page).evaluate(
    ({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight,
  );

/** Where the reader is: the first line in sight, and how far it is scrolled. */
const placeOf = (page: Page) =>
  text(page).evaluate((scroller) => {
    const { top } = scroller.getBoundingClientRect();
    const inSight = [...scroller.querySelectorAll(".log-line")].find(
      (element) => element.getBoundingClientRect().bottom > top,
    );
    const y = inSight?.getBoundingClientRect().top ?? 0;
    return { line: inSight?.textContent, y: Math.round(y - top) };
  });

/** Up from the end by the wheel, and until the log has noticed. */
async function scrollUp(page: Page, by: number) {
  await text(page).hover();
  await page.mouse.wheel(0, -by);
  await expect(button(page, "Paused")).toBeVisible();
  let last = "";
  await expect
    .poll(async () => {
      const now = JSON.stringify(await placeOf(page));
      const isStill = last === now;
      last = now;
      return isStill;
    })
    .toBe(true);
}

test("older lines come from the file as one scrolls up, and the reader's place is kept", async ({
  page,
  machine,
}) => {
  await openWith(page, machine, numbered(0, 6000));
  await expect(page.getByText("Last 500 lines, scroll up for older")).toBeVisible();

  await page.getByRole("log").hover();
  await page.mouse.wheel(0, -20_000);
  const read = line(page, /^line 5500\.$/);
  await expect(page.getByText("Last 2 500 lines")).toBeVisible();
  await expect(read).toBeInViewport();

  await page.keyboard.press("g");
  await expect(line(page, /^line 0\.$/)).toBeInViewport();
  await expect(page.getByText("The beginning of the file")).toBeVisible();
  await expect(page.getByText("4 500 lines, some between them not loaded")).toBeVisible();
  await page.mouse.wheel(0, 40_000);
  await button(page, "Load them").click();
  await expect(page.getByText("All 6 000 lines")).toBeVisible();
});

test("what is appended appears, and the end stays in sight", async ({ page, machine }) => {
  await openWith(page, machine, numbered(0, 300));
  await expect(line(page, "line 299.")).toBeInViewport();

  machine.append("comfy.err.log", numbered(300, 340));
  await expect(line(page, "line 339.")).toBeInViewport();
  machine.append("comfy.err.log", "and one with");
  await expect(line(page, "and one with")).toBeInViewport();
  machine.append("comfy.err.log", "out an end\n");
  await expect(line(page, "and one without an end")).toBeInViewport();
  expect(await distanceToEnd(page)).toBeLessThan(2);
  await expect(button(page, "Following")).toBeVisible();
});

test("scrolled up it stands still and counts, until it is asked to go on", async ({
  page,
  machine,
}) => {
  await openWith(page, machine, numbered(0, 300));
  await expect(line(page, "line 299.")).toBeInViewport();
  await scrollUp(page, 900);
  const place = await placeOf(page);

  machine.append("comfy.err.log", numbered(300, 305));
  await expect(newLines(page)).toHaveText("5 new lines");
  machine.append("comfy.err.log", numbered(305, 700));
  await expect(newLines(page)).toHaveText("400 new lines");
  expect(await placeOf(page)).toEqual(place);

  await newLines(page).click();
  await expect(line(page, "line 699.")).toBeInViewport();
  await expect(newLines(page)).toBeHidden();
  await expect(text(page)).toBeFocused();

  await scrollUp(page, 500);
  machine.append("comfy.err.log", "line 700.\n");
  await expect(newLines(page)).toHaveText("1 new line");
  await page.keyboard.press("f");
  await expect(button(page, "Following")).toBeVisible();
  await expect(line(page, "line 700.")).toBeInViewport();

  await page.keyboard.press("f");
  machine.append("comfy.err.log", "line 701.\n");
  await expect(newLines(page)).toHaveText("1 new line");
  await expect(line(page, "line 701.")).toHaveCount(0);
});

test("a log that is cut or replaced meanwhile is shown anew", async ({ page, machine }) => {
  await openWith(page, machine, numbered(0, 300));
  machine.write("comfy.err.log", "fresh start\n");
  await expect(line(page, "fresh start")).toBeInViewport();
  await expect(text(page)).toContainText("The log was cleared");
});

test("a service that never wrote has no log file, and one appears when it writes", async ({
  page,
  machine,
}) => {
  await page.goto("/");
  await button(page, "Log of Copilot Sidecar").click();
  const dialog = page.getByRole("dialog", { name: "Copilot Sidecar log" });
  await expect(dialog).toContainText(`${machine.dir}/copilot.out.log`);
  await expect(stream(page, "Err")).toContainText("none");

  machine.write("copilot.out.log", "first words\n");
  await expect(line(page, "first words")).toBeVisible();
  machine.remove("copilot.out.log");
});

onItsOwn("a log is read on while supervisord is away", async ({ page, machine }) => {
  await page.goto("/?log=comfy&stream=out");
  await expect(line(page, "INFO comfy is up")).toBeVisible();
  await machine.killSupervisord();
  await expect(page.getByText("supervisord does not answer since")).toBeAttached();

  machine.append("comfy.out.log", "still here\n");
  await expect(line(page, "still here")).toBeVisible();
  await page.reload();
  await expect(line(page, "still here")).toBeVisible();
});
