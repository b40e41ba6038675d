import { expect, test } from "vitest";
import { ActivityAction } from "@/lib/contract/activity";
import { sayActivity, sayUpdateSettings } from "./activity";

const displayOf = (name: string) => (name === "comfy" ? "Comfy UI" : name);

type Said = Omit<Parameters<typeof sayActivity>[0], "result">;
const say = (entry: Said, result: "ok" | "refused" | "failed" = "ok") =>
  sayActivity({ ...entry, result }, displayOf);

test.each([
  ["service.restart", "comfy", undefined, "restarted Comfy UI"],
  ["service.stop", "comfy", "without waiting", "stopped Comfy UI without waiting"],
  ["autostart.set", "comfy", "off", "turned autostart of Comfy UI off"],
  ["update.start", "comfy", "v0.3.9", "started the update of Comfy UI to v0.3.9"],
  ["update.start", "comfy", undefined, "started the update of Comfy UI"],
  ["update.start", "comfy", "a".repeat(40), "started the update of Comfy UI to aaaaaaa"],
  ["update.policy", "comfy", "manual", "set the updates of Comfy UI to manual"],
  ["log.clear", "comfy", "err", "cleared the err log of Comfy UI"],
  ["config.reread", null, undefined, "had supervisord read its config again"],
  ["session.sign_in", null, undefined, "signed in"],
  ["access.token_created", "ci", undefined, "created the token ci"],
  ["access.exposure_set", null, "meant", "marked the open address as meant"],
])("%s of %s (%s): %s", (action, target, detail, words) => {
  expect(say({ action, target, detail })).toBe(words);
});

test("what was not done was tried", () => {
  const entry = { action: "service.start", target: "comfy", detail: undefined };
  expect(say(entry, "failed")).toBe("tried to start Comfy UI");
  const refused = { action: "session.refused", target: null, detail: undefined };
  expect(say(refused, "refused")).toBe("tried to sign in");
});

test("every action has words, and one of another version is named as it is", () => {
  for (const action of ActivityAction.options) {
    expect(say({ action, target: "x", detail: undefined })).not.toContain(".");
  }
  expect(say({ action: "model.delete", target: "sdxl", detail: "2 GB" })).toBe(
    "model.delete sdxl 2 GB",
  );
});

test.each([
  [{ policy: "pinned", target: "6.10.0" }, "pinned, at 6.10.0"],
  [{ policy: "manual" }, "manual"],
  [{ target: null }, "at no version"],
  [{ skip: "6.11.0" }, "skip 6.11.0"],
  [{ skip: null }, "skip nothing"],
] as const)("the settings %j are %s", (settings, words) => {
  expect(sayUpdateSettings(settings)).toBe(words);
});
