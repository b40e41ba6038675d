import { expect, test } from "vitest";
import { suggestions } from "./suggestions";
import { NEW } from "./testing";

const refs = {
  branches: [{ name: "master", sha: NEW }],
  tags: Array.from({ length: 12 }, (_, at) => ({ name: `v0.${at}`, sha: NEW })),
  versions: [],
  commits: [{ sha: NEW, subject: "Fix the sampler", author: "x", date: "2026-02-11T12:00:00Z" }],
};

test("all that is known, by kind, and how many more there are", () => {
  const groups = suggestions(refs, "");
  expect(groups.map(({ title }) => title)).toEqual(["Newest", "Branches", "Tags", "Commits"]);
  expect(groups[2]).toMatchObject({ hidden: 4 });
});

test("what is typed is sought in names, hashes and subjects", () => {
  expect(suggestions(refs, "v0.11").flatMap(({ refs }) => refs)).toMatchObject([
    { value: "v0.11" },
  ]);
  expect(suggestions(refs, "SAMPLER").flatMap(({ refs }) => refs)).toMatchObject([{ value: NEW }]);
  expect(suggestions(refs, "nothing like it")).toEqual([]);
});
