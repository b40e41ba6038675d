// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { otherTab, setSeen, stubChannels } from "../testing/tabs";
import { hasYielded, onYield } from "./tabs";

let stop: () => void;
let told: boolean[];
let channels: ReturnType<typeof stubChannels>;

beforeEach(() => {
  vi.useFakeTimers();
  channels = stubChannels();
  told = [];
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  setSeen(true);
});

function join() {
  stop = onYield((yields) => told.push(yields));
}

test("a hidden tab that hears of no other keeps its streams", () => {
  join();
  setSeen(false);
  vi.advanceTimersByTime(60_000);
  expect(hasYielded()).toBe(false);
});

test("a hidden tab gives way to one that streams, until it is seen again", () => {
  const other = otherTab();
  join();
  expect(other.heard).toEqual(["streams"]);
  setSeen(false);
  other.say("streams");
  expect(hasYielded()).toBe(true);
  setSeen(true);
  expect(told).toEqual([true, false]);
  expect(other.heard).toEqual(["streams", "streams"]);
});

test("two tabs side by side both stream", () => {
  const other = otherTab();
  join();
  other.say("streams");
  expect(hasYielded()).toBe(false);
});

test("when the one that streamed goes, one of those that gave way takes over", () => {
  const other = otherTab();
  join();
  setSeen(false);
  other.say("streams");
  other.say("anyone");
  vi.advanceTimersByTime(500);
  expect(hasYielded()).toBe(false);
  expect(other.heard.at(-1)).toBe("streams");

  other.say("streams");
  other.say("anyone");
  other.say("streams");
  vi.advanceTimersByTime(500);
  expect(hasYielded()).toBe(true);
});

test("a tab that is opened in the background asks, and one that streams answers", () => {
  setSeen(false);
  const other = otherTab();
  join();
  expect(other.heard).toEqual(["anyone"]);
  expect(hasYielded()).toBe(false);
  other.say("anyone");
  expect(other.heard).toEqual(["anyone", "streams"]);
});

test("a page that is left says so; without listeners nothing is held", () => {
  const other = otherTab();
  join();
  window.dispatchEvent(new Event("pagehide"));
  expect(other.heard).toEqual(["streams", "anyone"]);
  stop();
  expect(channels.count()).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});
