import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { answerOf, impostor } from "../testing/impostor";
import { type RealSupervisord, startSupervisord } from "../testing/real-supervisord";
import { testFolder } from "../testing/test-folder";
import { waitFor } from "../testing/wait-for";
import { createSupervisord } from "./supervisord";

let real: RealSupervisord;
const cleanUps: (() => unknown)[] = [];

beforeAll(async () => {
  real = await startSupervisord(`
[program:sleeper]
command=/bin/sleep 1000
startsecs=0
[program:absent]
command={dir}/no-such-program
autostart=false
[group:pair]
programs=left
[program:left]
command=/bin/sleep 1000
startsecs=3
stopwaitsecs=7
autostart=false
`);
});
afterAll(() => real.stop());
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function connect(socketPath: string, timeoutMs?: number) {
  const findSocket = () => socketPath;
  const supervisord = createSupervisord(timeoutMs ? { findSocket, timeoutMs } : { findSocket });
  cleanUps.push(supervisord.close);
  return supervisord;
}

test("one look tells the state, the processes and, where asked, the parsed configs", async () => {
  const look = await connect(real.socketPath).look({ configs: true });

  expect(look.state).toBe("RUNNING");
  expect(look.version).toMatch(/^4\./);
  expect(look.processes.map(({ group, name }) => `${group}:${name}`).sort()).toEqual([
    "absent:absent",
    "pair:left",
    "sleeper:sleeper",
  ]);
  expect(look.processes.find(({ name }) => name === "sleeper")?.stdout_logfile).toBe(
    join(real.dir, "sleeper.out.log"),
  );
  expect(look.parsedConfigs?.find(({ name }) => name === "left")).toMatchObject({
    autostart: false,
    startsecs: 3,
    stopwaitsecs: 7,
    exitcodes: [0],
  });
  expect((await connect(real.socketPath).look({ configs: false })).parsedConfigs).toBeNull();
});

test("start and stop answer at once", async () => {
  const supervisord = connect(real.socketPath);
  await supervisord.start("pair:left");
  const left = async () => {
    const { processes } = await supervisord.look({ configs: false });
    return processes.find(({ name }) => name === "left")?.statename;
  };
  expect(await left()).toBe("STARTING");

  await supervisord.stop("pair:left");
  await waitFor(async () => (await left()) === "STOPPED");
});

test.each([
  ["start", "ghost", "BAD_NAME"],
  ["start", "sleeper", "ALREADY_STARTED"],
  ["start", "absent", "NO_FILE"],
  ["stop", "absent", "NOT_RUNNING"],
  ["clearLogs", "ghost", "BAD_NAME"],
] as const)("%s %s is the fault %s", async (call, name, fault) => {
  await expect(connect(real.socketPath)[call](name)).rejects.toMatchObject({ fault });
});

test("a reread tells what differs, and a config that it cannot parse is a fault with the reason", async () => {
  const supervisord = connect(real.socketPath);
  expect(await supervisord.reread()).toEqual({ added: [], changed: [], removed: [] });

  const broken = await startSupervisord("[program:a]\ncommand=/bin/sleep 9\n");
  cleanUps.push(broken.stop);
  await writeFile(broken.configPath, "no header\n");
  await expect(connect(broken.socketPath).reread()).rejects.toMatchObject({
    fault: "CANT_REREAD",
    text: expect.stringContaining("no section headers"),
  });
});

test("clearing logs empties both files", async () => {
  await writeFile(join(real.dir, "sleeper.out.log"), "out");
  await connect(real.socketPath).clearLogs("sleeper");

  const { size } = await stat(join(real.dir, "sleeper.out.log"));
  expect(size).toBe(0);
});

test("no socket, and a socket that nobody listens at, are told apart", async () => {
  const dir = testFolder("cp");
  await writeFile(join(dir, "stale.sock"), "");

  const away = connect(join(dir, "none.sock")).look({ configs: false });
  await expect(away).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("there is no socket"),
  });
  const stale = connect(join(dir, "stale.sock")).look({ configs: false });
  await expect(stale).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("nothing listens"),
  });
});

test("a frozen supervisord is unavailable within the deadline, and answers again when it thaws", async () => {
  const supervisord = connect(real.socketPath, 300);
  real.signal("SIGSTOP");
  const before = performance.now();

  await expect(supervisord.look({ configs: false })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("may be frozen"),
  });
  expect(performance.now() - before).toBeLessThan(2000);

  real.signal("SIGCONT");
  await expect(connect(real.socketPath).look({ configs: false })).resolves.toBeDefined();
});

test("a connection that supervisord closed while it was idle costs a read nothing", async () => {
  let requests = 0;
  const { socketPath } = await impostor((socket) => {
    requests += 1;
    if (requests === 1) return void socket.destroy();
    socket.end(answerOf([[[], [], []]]));
  });

  expect(await connect(socketPath).reread()).toEqual({ added: [], changed: [], removed: [] });
  expect(requests).toBe(2);
});
