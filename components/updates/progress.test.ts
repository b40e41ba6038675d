import { expect, test } from "vitest";
import { progressOf, shownUpdating, titleOfJobs } from "./progress";
import { aJob, aStep, stepsAt } from "./testing";

test("a step's own percentage counts into the whole", () => {
  const progress = progressOf(aJob());
  expect(progress).toMatchObject({ where: "step 5 of 8", count: "5/8", isGoingBack: false });
  expect(progress.what).toBe("installing packages, 62 %");
  expect(progress.share).toBeCloseTo((4 + 0.62) / 8);
});

test("before the first step has begun, it is the first", () => {
  const steps = stepsAt("preflight").map((step) => aStep({ name: step.name }));
  expect(progressOf(aJob({ steps })).where).toBe("step 1 of 8");
});

test("the way back is said as such and does not count as further steps", () => {
  const steps = [...stepsAt("commit"), aStep({ name: "restore", state: "running" })];
  const progress = progressOf(aJob({ steps }));
  expect(progress).toMatchObject({ where: "putting 123a787 back", count: "8/8" });
  expect(shownUpdating(aJob({ cancelling: true })).word).toBe("Putting 123a787 back");
});

test("the row says the step and since when", () => {
  expect(shownUpdating(aJob(), 1_770_800_072_000)).toEqual({
    sign: "updating",
    word: "Updating, step 5 of 8",
    detail: "installing packages, 62 %, 1 min 12 s",
  });
});

test("the title names the one service, or counts them", () => {
  const jobs = [aJob(), aJob({ id: "job-2", name: "kohya" })];
  expect(titleOfJobs([], String)).toBeNull();
  expect(titleOfJobs([aJob()], () => "Comfy UI")).toBe("Updating Comfy UI 5/8");
  expect(titleOfJobs(jobs, String)).toBe("Updating 2 services");
});
