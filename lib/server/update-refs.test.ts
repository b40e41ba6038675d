import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { aCheckout, HEAD, TIP } from "./testing/update-fakes";
import { createUpdateRefs, type RefTools } from "./update-refs";

let root: string;

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "refs-")));
  for (const dir of ["repos/ComfyUI", "venvs/invoke"])
    mkdirSync(join(root, dir), { recursive: true });
});

afterAll(() => rmSync(root, { recursive: true }));

const BRANCHES = [{ name: "master", sha: TIP }];
const COMMITS = [{ sha: HEAD, subject: "One", author: "Ada", date: "2026-11-01T00:00:00.000Z" }];

function open(changes: Partial<RefTools["refs"]> = {}, deadlineMs = 5000) {
  const versions = vi.fn(async () => Array.from({ length: 150 }, (_, index) => `6.${150 - index}`));
  const tools: RefTools = {
    git: { inspect: async (dir) => aCheckout({ dir }) },
    refs: {
      list: async () => ({ branches: BRANCHES, tags: [] }),
      history: async () => COMMITS,
      ...changes,
    },
    pip: { versions },
  };
  const refs = createUpdateRefs({
    tools: () => tools,
    readPackages: async () => new Map([["invokeai", { version: "6.10.0", metadataDir: "/m" }]]),
    dirs: { reposDir: join(root, "repos"), venvsDir: join(root, "venvs") },
    deadlineMs,
  });
  return { ...refs, versions };
}

test("a checkout goes to branches, tags and commits", async () => {
  expect(await open().list("comfy")).toEqual({
    branches: BRANCHES,
    tags: [],
    versions: [],
    commits: COMMITS,
  });
});

test("a package goes to versions, at most 100", async () => {
  const { list, versions } = open();
  const answer = await list("invoke");
  expect(answer).toMatchObject({ branches: [], tags: [], commits: [] });
  expect(answer.versions).toHaveLength(100);
  expect(versions).toHaveBeenCalledWith(join(root, "venvs/invoke"), "invokeai");
});

test("what is not installed goes nowhere", async () => {
  expect(await open().list("kohya")).toEqual({ branches: [], tags: [], versions: [], commits: [] });
});

test("a remote that says nothing is not waited for", async () => {
  const never = () => new Promise<never>(() => {});
  await expect(open({ list: never }, 30).list("comfy")).rejects.toMatchObject({
    code: "unavailable",
    message: "github.com did not answer in 1 s. Try again later.",
  });
});

test("a service of the image has none", async () => {
  await expect(open().list("jupyter")).rejects.toMatchObject({ code: "conflict" });
});
