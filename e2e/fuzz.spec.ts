import { expect, test } from "@playwright/test";
import { ActivityEntry } from "../lib/contract/activity";
import { Services } from "../lib/contract/services";
import { FUZZ } from "../lib/testing/fuzz";
import { claiming, requestsTo } from "./fuzz/requests";
import { fuzzAs, fuzzWithBytes } from "./fuzz/run";
import { openTarget, type Target, wouldEndTheRun } from "./fuzz/target";

let target: Target;

/** On one machine, one after the other: what an earlier one has done is there for the next. */
test.describe.configure({ mode: "serial", timeout: 300_000 + FUZZ.requests * 60 });
test.beforeAll(async () => {
  target = await openTarget();
});
test.afterAll(() => target.machine.end());

test("whatever is asked by who may do everything, nothing fails or changes by itself", async () => {
  const requests = requestsTo(target.routes, target.words);
  const harmless = requests.filter((request) => !wouldEndTheRun(request));
  await fuzzAs("full", harmless, { target, share: 0.6 });
});

test("nor by who is not signed in, who gets in nowhere", async () => {
  const requests = claiming(requestsTo(target.routes, target.words));
  await fuzzAs("none", requests, { target, share: 0.2 });
});

test("nor by who may only look, who does nothing", async () => {
  await fuzzAs("read", requestsTo(target.routes, target.words), { target, share: 0.1 });
});

test("nor by bytes that are hardly http", async () => {
  await fuzzWithBytes({ target, share: 0.1 });
});

test("afterwards the server and its files are as they were", async () => {
  const { ask, files, machine, server } = target;
  await server.expectWell();
  expect((await ask("/api/health")).status).toBe(200);
  expect(Services.parse(await (await ask("/api/services")).json())).toHaveLength(10);
  expect(server.reported()).toBe("");
  expect(files.strange()).toEqual([]);
  // Whatever was set, nothing else in it is another.
  const withoutChoices = (config: string) => config.replaceAll(/^autostart=(true|false)/gm, "");
  const config = machine.read("supervisord.conf");
  expect(withoutChoices(config)).toBe(withoutChoices(target.configBefore));
  const audit = machine.read("config/controlpilot-audit.jsonl").trim();
  for (const line of audit.split("\n")) ActivityEntry.parse(JSON.parse(line));
});
