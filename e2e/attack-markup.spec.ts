import type { Page } from "@playwright/test";
import { test as base, expect } from "./fixtures";
import { button, row } from "./page";

/** Whatever of it became more than text would be found by its id, and would run. */
const HOSTILE = [
  '<script id="hostile">hacked()</script>',
  '<img id="hostile" src="x" onerror="hacked()">',
  '"><svg id="hostile" onload="hacked()">',
  '<iframe id="hostile" srcdoc="<script>parent.hacked()</script>"></iframe>',
  '<a id="hostile" href="javascript:hacked()">click</a>',
  "javascript:hacked()",
  'https://"onmouseover="hacked()"',
];
/** What a terminal might do where it is told to: links, its title, the clipboard, other screens, answers. */
const SEQUENCES = [
  "\x1b]8;;javascript:hacked()\x07a link\x1b]8;;\x07",
  "\x1b]8;;data:text/html,<script>hacked()</script>\x1b\\another link\x1b]8;;\x1b\\",
  "\x1b]0;a title of theirs\x07",
  "\x1b]52;c;aGFja2Vk\x07",
  "\x1b[?1049h\x1b[2J\x1b[H\x1b[21t\x1b[6n",
  "\x1bP+q544e\x1b\\\x1b_Ga=T;AAAA\x1b\\",
];
const BIDI = "invoice\u202egnp.exe \u2066\u200b\ufeff";
const LAST = "nothing of it ran";
const LINES = [...HOSTILE, ...SEQUENCES, BIDI, LAST];
const NAME = 'odd"><s>\u202ename';

/** In this browser whatever runs that should not asks a question, and whatever is fetched elsewhere is known. */
const test = base.extend<{ elsewhere: string[] }>({
  elsewhere: [
    async ({ page, machine, context }, use) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const elsewhere: string[] = [];
      page.on("request", (request) => {
        if (!request.url().startsWith(machine.url)) elsewhere.push(request.url());
      });
      page.on("dialog", (dialog) => {
        elsewhere.push(dialog.message());
        void dialog.dismiss();
      });
      await page.addInitScript(() => Object.assign(globalThis, { hacked: () => alert("hacked") }));
      await use(elsewhere);
    },
    { auto: true },
  ],
});

/** Nothing became markup, ran, or led anywhere. */
async function expectHarmless(page: Page, elsewhere: string[]) {
  await expect(page.locator("#hostile, s")).toHaveCount(0);
  const schemes = await page.evaluate(() =>
    [...document.querySelectorAll("[href], [src], [action]")].map((element) => {
      const to = ["href", "src", "action"].map((name) => element.getAttribute(name)).find(Boolean);
      return new URL(to ?? "", document.baseURI).protocol;
    }),
  );
  expect([...new Set(schemes)]).toEqual(["http:"]);
  expect(await page.title()).not.toContain("theirs");
  expect(elsewhere).toEqual([]);
}

test("a log of markup and of orders to terminals is shown as text", async ({
  machine,
  page,
  elsewhere,
}) => {
  machine.write("comfy.err.log", `${LINES.join("\n")}\n`);
  await page.goto("/");
  await page.evaluate(() => navigator.clipboard.writeText("mine"));
  for (const address of [
    "/?log=comfy&stream=err",
    "/services/comfy/log?stream=err",
    "/logs?names=comfy,kohya",
  ]) {
    await page.goto(address);
    const log = page.getByRole("log");
    await expect(log).toContainText(LAST);
    for (const line of HOSTILE) await expect(log).toContainText(line);
    await log.getByText("a link", { exact: true }).click();
    await expectHarmless(page, elsewhere);
  }
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("mine");
});

test("the last words of a service, and its name, are text wherever they stand", async ({
  machine,
  page,
  elsewhere,
}) => {
  const crash = `#!/bin/sh\ncat >&2 <<'END'\n${LINES.slice(0, -1).join("\n")}\nRuntimeError: ${HOSTILE[1]}\nEND\nexit 3\n`;
  machine.write("crasher.sh", crash);
  machine.append(
    "conf.d/extra.conf",
    `[program:${NAME}]\ncommand=${machine.dir}/crasher.sh\nautostart=false\nstartretries=0\n`,
  );
  machine.ctl("update");
  await page.goto("/");
  await button(page, `Start ${NAME}`).click();
  await expect(page.getByRole("alert").filter({ hasText: "RuntimeError: <img" })).toBeVisible();
  await expectHarmless(page, elsewhere);

  await row(page, NAME).getByRole("button", { expanded: false }).first().click();
  const why = page.getByRole("region", { name: `Why ${NAME} is down` });
  await expect(why).toContainText('RuntimeError: <img id="hostile"');
  await expectHarmless(page, elsewhere);

  await page.goto("/activity");
  // What turns the direction of writing is not even written down.
  await expect(page.getByText('tried to start odd"><s> name')).toBeVisible();
  await expectHarmless(page, elsewhere);
});

test("what is given as a name or an address is text, too, and leads nowhere else", async ({
  machine,
  page,
  request,
  elsewhere,
}) => {
  const [, image = ""] = HOSTILE;
  await request.post("/api/access/tokens", { data: { name: image, scope: "read" } });
  await page.goto("/settings");
  await expect(page.getByText(image)).toBeVisible();
  await expectHarmless(page, elsewhere);
  const text = encodeURIComponent(image);
  for (const address of [`/?log=${text}`, `/services/${text}/log`]) {
    await page.goto(address);
    await expect(page.getByText(image).first()).toBeVisible();
    await expectHarmless(page, elsewhere);
  }
  for (const hostile of ["javascript:hacked()", "//evil.example", "/\\evil.example"]) {
    // Nobody has to sign in here: it leads on at once.
    await page.goto(`/login?next=${encodeURIComponent(hostile)}`);
    await page.waitForURL((url) => url.origin === machine.url && url.pathname !== "/login");
    expect(elsewhere).toEqual([]);
  }
});

test("where markup is taken for markup it runs: this would be seen", async ({
  page,
  elsewhere,
}) => {
  await page.goto("about:blank");
  await page.setContent(HOSTILE[1] ?? "");
  await expect.poll(() => elsewhere).toContain("hacked");
  await expect(page.locator("#hostile")).toHaveCount(1);
});
