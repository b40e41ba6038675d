import { expect, test } from "vitest";
import { aService } from "@/components/services/testing";
import { aJob } from "@/components/updates/testing";
import type { Service } from "@/lib/contract/services";
import { happeningsBetween, type Known } from "./notify-happenings";

const up = aService();
const failed = aService({
  state: "FATAL",
  stopped_at: "2026-02-11T13:50:00Z",
  detail: "exited with 1, gave up after 4 tries",
});
const crashed = aService({
  state: "EXITED",
  stopped_at: "2026-02-11T13:50:00Z",
  exit_signal: "SIGKILL",
  detail: "ended by SIGKILL, often for memory",
});
const later = "2026-02-11T13:51:00Z";
const flapping = { flapping: true } as const;

function between(before: Service, after: Service, jobs: Known["jobs"] = []) {
  const happenings = happeningsBetween({ services: [before], jobs }, { services: [after], jobs });
  return happenings.map(({ title, text }) => `${title}. ${text}`);
}

const told: [string, Service, Service, string][] = [
  ["fails", up, failed, "Comfy UI failed. Exited with 1, gave up after 4 tries"],
  [
    "fails again",
    failed,
    { ...failed, stopped_at: later },
    "Comfy UI failed. Exited with 1, gave up after 4 tries",
  ],
  ["is killed", up, crashed, "Comfy UI ended with an error. Ended by SIGKILL, often for memory"],
  [
    "is killed again",
    crashed,
    { ...crashed, stopped_at: later },
    "Comfy UI ended with an error. Ended by SIGKILL, often for memory",
  ],
  ["begins to flap", up, aService(flapping), "Comfy UI keeps crashing. Up 9 h 41 min"],
  [
    "begins to flap as it crashes",
    up,
    { ...crashed, ...flapping },
    "Comfy UI keeps crashing. Ended by SIGKILL, often for memory",
  ],
  [
    "gives up flapping",
    aService(flapping),
    { ...failed, ...flapping },
    "Comfy UI failed. Exited with 1, gave up after 4 tries",
  ],
];

test.each(told)("a service that %s is told of", (_case, before, after, sentence) => {
  expect(between(before, after)).toEqual([sentence]);
});

const stopped = aService({ state: "STOPPED", stopped_at: later });
const untold: [string, Service, Service][] = [
  ["is stopped", up, stopped],
  ["has failed before", failed, { ...failed }],
  ["ends as it should", up, { ...crashed, exit_signal: null, exit_expected: true }],
  ["crashes once more while it flaps", aService(flapping), { ...crashed, ...flapping }],
  ["is started again after it failed", failed, { ...up, ...failed, state: "STARTING" }],
  ["is tried again by supervisord", up, aService({ state: "BACKOFF", stopped_at: later })],
];

test.each(untold)("a service that %s is not", (_case, before, after) => {
  expect(between(before, after)).toEqual([]);
});

test("a cause that is known says more than the state", () => {
  const text = "Comfy UI asked for 2.5 GB; 1.9 GB of 48 GB were free.";
  const cause = {
    kind: "gpu_memory",
    title: "not enough GPU memory",
    text,
    advice: "",
    line: null,
  } as const;
  expect(between(up, { ...failed, cause })).toEqual([`Comfy UI failed. ${text}`]);
});

test("what is seen first is no news, and of a service that is being updated the update tells", () => {
  expect(
    happeningsBetween({ services: undefined, jobs: [] }, { services: [failed], jobs: [] }),
  ).toEqual([]);
  expect(happeningsBetween({ services: [], jobs: [] }, { services: [failed], jobs: [] })).toEqual(
    [],
  );
  expect(between(up, failed, [aJob()])).toEqual([]);
});

test.each([
  ["done", {}, "Comfy UI is updated"],
  ["done", { trigger: "rollback" }, "Comfy UI is put back"],
  ["error", {}, "The update of Comfy UI failed"],
  ["rolled_back", {}, "The update of Comfy UI was rolled back"],
] as const)("an update that ends as %s %o is told of once", (state, facts, title) => {
  const ended = aJob({ ...facts, state, outcome: "Comfy UI runs master@76a7fe9." });
  const services = [up];
  const [happening, ...others] = happeningsBetween(
    { services, jobs: [aJob()] },
    { services, jobs: [ended] },
  );
  expect(happening).toEqual({
    name: "comfy",
    title,
    text: "Comfy UI runs master@76a7fe9.",
    job: "job-1",
  });
  expect(others).toEqual([]);
  expect(
    happeningsBetween({ services, jobs: [ended] }, { services, jobs: [{ ...ended }] }),
  ).toEqual([]);
});

test("an update that somebody cancelled, that runs, or that ended before the page was opened is not", () => {
  const services = [up];
  const jobs = [aJob()];
  const to = (job: ReturnType<typeof aJob>) => ({ services, jobs: [job] });
  expect(happeningsBetween({ services, jobs }, to(aJob({ state: "cancelled" })))).toEqual([]);
  expect(happeningsBetween({ services, jobs }, to(aJob({ last_line: "more" })))).toEqual([]);
  expect(happeningsBetween({ services, jobs: undefined }, to(aJob({ state: "done" })))).toEqual([]);
});
