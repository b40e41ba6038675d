import { expect, test } from "vitest";
import type { ServiceVersion } from "@/lib/contract/updates";
import { anOffer, aVersion, NEW } from "./testing";
import { versionNews } from "./version-news";

const failed = {
  target: NEW,
  at: new Date(Date.now() - 7_200_000).toISOString(),
  job_id: "job-1",
  error: "It crashed.",
};
const threeHoursAgo = new Date(Date.now() - 10_800_000).toISOString();
const unreachable = { check_error: "github.com did not answer in 8 s." };

test.each<[string, ServiceVersion, string, string, string | undefined]>([
  ["the image", aVersion({ update_supported: false }), "nothing", "Part of the image", undefined],
  ["nothing new", aVersion(), "current", "up to date", undefined],
  ["interrupted", anOffer({ interrupted: true }), "interrupted", "update interrupted", "Mend"],
  ["checking", aVersion({ checking: true }), "checking", "checking", undefined],
  ["checking an offer", anOffer({ checking: true }), "checking", "checking", "Update"],
  ["not there", aVersion({ installed: null }), "nothing", "not installed", undefined],
  ["failed before", aVersion({ failed }), "failed", "76a7fe9 failed 2 h ago", "Look"],
  ["failed, still offered", anOffer({ failed }), "failed", "76a7fe9 failed 2 h ago", "Look"],
  ["skipped", aVersion({ skipped: NEW }), "skipped", "skipped 76a7fe9", undefined],
  [
    "pinned",
    aVersion({ installed: "6.10.0", latest: "6.11.1", policy: "pinned", pinned: "6.10.0" }),
    "pinned",
    "pinned, newest is 6.11.1",
    undefined,
  ],
  [
    "unasked",
    aVersion({ ...unreachable, checked_at: threeHoursAgo }),
    "unasked",
    "could not ask github.com, 3 h old",
    undefined,
  ],
  [
    "never asked",
    aVersion({ ...unreachable, checked_at: null, latest: null }),
    "unasked",
    "could not ask github.com",
    undefined,
  ],
])("%s", (_title, version, kind, words, verb) => {
  const news = versionNews(version);
  expect(news).toMatchObject({ kind, words });
  expect(news.act?.verb).toBe(verb);
});

test("what is newer than the one that failed is offered", () => {
  const news = versionNews(anOffer({ latest: "master@9999999", failed }));
  expect(news).toMatchObject({ kind: "available", words: "→ master@9999999" });
});
