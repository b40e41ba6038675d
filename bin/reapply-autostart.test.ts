import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { main } from "./reapply-autostart";

const CONF =
  "[program:comfy]\ncommand=comfy\nautostart=true\n[program:ai-toolkit]\ncommand=toolkit\n[program:kohya]\nautostart=false\n";

let folder: string;
let confPath: string;
let choicesPath: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reapply-autostart-"));
  confPath = join(folder, "supervisord.conf");
  choicesPath = join(folder, "service-autostart.toml");
  writeFileSync(confPath, CONF);
});

afterEach(() => rmSync(folder, { recursive: true }));

async function boot() {
  const lines: string[] = [];
  const env = { SUPERVISOR_CONFIG_PATH: confPath, SERVICE_AUTOSTART_CONFIG_PATH: choicesPath };
  const code = await main({ NODE_ENV: "test", ...env }, (line) => lines.push(line));
  return { code, lines, conf: readFileSync(confPath, "utf8") };
}

test("writes every choice into a fresh config, and does nothing the second time", async () => {
  const services = { comfy: false, "ai-toolkit": false, kohya: false, gone: true };
  writeFileSync(
    choicesPath,
    Object.entries(services)
      .map(([name, enabled]) => `[services.${name}]\nautostart = ${enabled}\n`)
      .join("\n"),
  );
  const first = await boot();
  expect(first).toEqual({
    code: 0,
    lines: [
      "comfy: autostart off",
      "ai-toolkit: autostart off",
      `gone: skipped, there is no such program in ${confPath}`,
      "Autostart: 4 chosen, 2 changed, 1 unknown",
    ],
    conf: CONF.replace("=true", "=false").replace("toolkit]\n", "toolkit]\nautostart=false\n"),
  });
  const second = await boot();
  expect(second.conf).toBe(first.conf);
  expect(second.lines.at(-1)).toBe("Autostart: 4 chosen, 0 changed, 1 unknown");
});

test("without choices the config stays as it is", async () => {
  expect(await boot()).toEqual({
    code: 0,
    lines: ["Autostart: 0 chosen, 0 changed, 0 unknown"],
    conf: CONF,
  });
});

test("choices that cannot be read are reported, and the config stays as it is", async () => {
  writeFileSync(choicesPath, "[services.comfy]\nautostart = nope\n");
  const { code, lines, conf } = await boot();
  expect([code, conf]).toEqual([1, CONF]);
  expect(lines).toEqual([expect.stringContaining(`${choicesPath} cannot be used: line 2`)]);
});

test("a config that cannot be read is reported", async () => {
  writeFileSync(choicesPath, "[services.comfy]\nautostart = false\n");
  writeFileSync(confPath, `${CONF}junk\n`);
  expect(await boot()).toEqual({
    code: 1,
    lines: [`Autostart: ${confPath}: line 8 is not an option: "junk".`],
    conf: `${CONF}junk\n`,
  });
});
