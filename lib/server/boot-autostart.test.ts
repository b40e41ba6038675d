import { expect, test } from "vitest";
import { planAutostart } from "./boot-autostart";

type World = { inFile: boolean; choice?: boolean; before?: boolean; absent?: boolean };

/** What becomes of one program: "on", "off" or "as it is", and whether it is remembered as switched off. */
function planOf({ inFile, choice, before = false, absent = false }: World) {
  const only = (is: boolean) => new Set(is ? ["comfy"] : []);
  const { changes, remembered } = planAutostart(new Map([["comfy", { autostart: inFile }]]), {
    chosen: new Map(choice === undefined ? [] : [["comfy", choice]]),
    before: only(before),
    absent: only(absent),
  });
  const [change] = changes;
  const outcome = change ? `${change.enabled ? "on" : "off"}${change.why}` : "as it is";
  return [outcome, remembered.has("comfy")];
}

const absent = true;
const before = true;

test.each<[string, World, string, boolean]>([
  ["without a choice", { inFile: true }, "as it is", false],
  ["chosen on", { inFile: false, choice: true }, "on", false],
  ["chosen off", { inFile: true, choice: false }, "off", false],
  ["chosen as it is", { inFile: true, choice: true }, "as it is", false],
  ["absent", { inFile: true, absent }, "off: it is not installed", true],
  ["absent and off anyway", { inFile: false, absent }, "as it is", false],
  ["absent and chosen off", { inFile: true, choice: false, absent }, "off", false],
  [
    "absent and chosen on",
    { inFile: true, choice: true, absent },
    "off: it is not installed",
    true,
  ],
  [
    "absent and chosen on, off in the file",
    { inFile: false, choice: true, absent },
    "as it is",
    true,
  ],
  ["still absent", { inFile: false, before, absent }, "as it is", true],
  ["there again", { inFile: false, before }, "on: it is installed now", false],
  ["there again and chosen on", { inFile: false, before, choice: true }, "on", false],
  ["there again and chosen off", { inFile: false, before, choice: false }, "as it is", false],
  ["there again and on already", { inFile: true, before }, "as it is", false],
])("a program that is %s", (_title, world, outcome, isRemembered) => {
  expect(planOf(world)).toEqual([outcome, isRemembered]);
});

test("programs of which nothing is remembered any more are forgotten", () => {
  const facts = { chosen: new Map(), before: new Set(["gone"]), absent: new Set<string>() };
  expect(planAutostart(new Map(), facts)).toEqual({ changes: [], remembered: new Set() });
});
