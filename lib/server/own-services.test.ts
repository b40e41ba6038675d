import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "./app";
import { readEnv } from "./env";
import { type RealSupervisord, startSupervisord } from "./testing/real-supervisord";
import { waitFor } from "./testing/wait-for";

let real: RealSupervisord;
let app: ReturnType<typeof createApp>;

/** In a file of its own, which the config includes. */
const describeTagger = (...keys: string[]) =>
  writeFile(
    join(real.dir, "tagger.conf"),
    ["[program:tagger]", "command=/bin/sleep 1000", ...keys, ""].join("\n"),
  );

const find = async (name: string) => {
  const service = await app.services.find(name);
  return [service.display, service.port, service.public_port];
};

beforeEach(async () => {
  real = await startSupervisord(`
[program:comfy]
command=/bin/sleep 1000
controlpilot_name=Mine
controlpilot_port=1
[program:crowd]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)s
numprocs=2
controlpilot_name=The Crowd
[include]
files=tagger.conf
`);
  await describeTagger("controlpilot_name=100 % Tagger; the best", "controlpilot_port=7000");
  await real.end();
  await real.startAgain();
  const env = { SUPERVISOR_CONFIG_PATH: real.configPath, WORKSPACE_ROOT: real.dir };
  app = createApp(readEnv({ NODE_ENV: "test", ...env }));
});
afterEach(async () => {
  app.close();
  await real.stop();
});

test("a program of one's own has the name and the port that its section gives it", async () => {
  expect(await find("tagger")).toEqual(["100 % Tagger; the best", 7000, true]);
  expect(await find("crowd:crowd_1")).toEqual(["The Crowd (crowd_1)", null, false]);
  expect(await find("comfy")).toEqual(["Comfy UI", 5555, true]);
});

test("supervisord takes no notice of these keys, and a change of them shows at once", async () => {
  const none = { added: [], changed: [], removed: [], options: {}, error: null };
  expect((await app.supervisor.status()).config).toEqual(none);

  await describeTagger("controlpilot_name=Tagger", "controlpilot_port=7001");
  await waitFor(async () => (await find("tagger"))[1] === 7001);
  expect((await app.supervisor.reread()).changed).toEqual([]);
  expect((await app.supervisor.status()).config).toEqual(none);
});
