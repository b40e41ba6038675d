import { expect, it } from "vitest";
import { joinChanges } from "./update-undo";

const change = (name: string, from: string | null, to: string | null) => ({ name, from, to });

it("joins what several updates changed, from the first state to the last", () => {
  const joined = joinChanges([
    [change("widget", "1.0", "1.1"), change("gadget", null, "2.0")],
    [change("widget", "1.1", "1.2"), change("other", "3", null)],
  ]);
  expect(joined).toEqual([
    change("widget", "1.0", "1.2"),
    change("gadget", null, "2.0"),
    change("other", "3", null),
  ]);
});

it("leaves out what is as it was", () => {
  expect(joinChanges([[change("widget", "1.0", "1.1")], [change("widget", "1.1", "1.0")]])).toEqual(
    [],
  );
  expect(joinChanges([[change("gadget", null, "1")], [change("gadget", "1", null)]])).toEqual([]);
});
