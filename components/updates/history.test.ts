import { expect, test } from "vitest";
import { matchesHistory, resultOf, triggerOf, wholeHistory } from "./history";
import { anEntry } from "./testing";

test.each([
  [anEntry(), "Installed", null],
  [anEntry({ reason: "rollback" }), "Went back", null],
  [anEntry({ after: "master@123a787" }), "Already there", "nothing to do"],
  [anEntry({ state: "rolled_back", error: "It crashed." }), "Rolled back", "It crashed."],
  [anEntry({ state: "error", error: "The disk is full." }), "Failed", "The disk is full."],
  [anEntry({ state: "cancelled" }), "Cancelled", null],
])("entry %#", (entry, word, detail) => {
  expect(resultOf(entry)).toEqual({ word, detail });
});

test("who began it", () => {
  expect(triggerOf(anEntry())).toBe("you");
  expect(triggerOf(anEntry({ reason: "boot_reconcile" }))).toBe("boot");
  expect(triggerOf(anEntry({ actor: "token ci" }))).toBe("token ci");
});

test("finds by text and by result", () => {
  const failed = anEntry({ state: "error", error: "The disk is full." });
  const atBoot = anEntry({ reason: "boot_reconcile" });
  expect(matchesHistory(failed, { text: "DISK", show: "failed" })).toBe(true);
  expect(matchesHistory(anEntry(), { ...wholeHistory, text: "disk" })).toBe(false);
  expect(matchesHistory(anEntry(), { ...wholeHistory, show: "failed" })).toBe(false);
  expect(matchesHistory(atBoot, { ...wholeHistory, show: "boot" })).toBe(true);
});
