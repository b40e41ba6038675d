import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findOwnSource, locate, SOURCES, sharingVenv } from "./update-sources";

let root: string;
let dirs: { reposDir: string; venvsDir: string };

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "sources-")));
  dirs = { reposDir: join(root, "repos"), venvsDir: join(root, "venvs") };
});

afterEach(() => rmSync(root, { recursive: true }));

const make = (...paths: string[]) => {
  for (const path of paths) mkdirSync(join(root, path), { recursive: true });
};

test("each of the nine has a source, and five are updated here", () => {
  expect([...SOURCES].map(([name, { kind }]) => `${name} ${kind}`)).toEqual([
    "jupyter image",
    "code-server image",
    "comfy git",
    "kohya git",
    "diffpipe git",
    "invoke pip",
    "ai-toolkit git",
    "controlpilot image",
    "copilot image",
  ]);
});

test("a service runs in the first of its environments that there is", async () => {
  const { source } = findOwnSource("kohya");
  expect(await locate(source, dirs)).toEqual({ repoDir: null, venvDir: null });
  make("repos/kohya_ss", "venvs/core");
  expect(await locate(source, dirs)).toEqual({
    repoDir: join(root, "repos/kohya_ss"),
    venvDir: join(root, "venvs/core"),
  });
  make("venvs/kohya");
  expect(await locate(source, dirs)).toMatchObject({ venvDir: join(root, "venvs/kohya") });
});

test("services share an environment also through a link", async () => {
  make("venvs/invoke", "venvs/core");
  expect(await sharingVenv("ai-toolkit", dirs)).toEqual(["invoke"]);
  expect(await sharingVenv("comfy", dirs)).toEqual(["kohya", "diffpipe"]);
  symlinkSync(join(root, "venvs/invoke"), join(root, "venvs/kohya"));
  expect(await sharingVenv("invoke", dirs)).toEqual(["kohya", "ai-toolkit"]);
  expect(await sharingVenv("comfy", dirs)).toEqual(["diffpipe"]);
});

test("what is not there is shared with nobody", async () => {
  expect(await sharingVenv("comfy", dirs)).toEqual([]);
  expect(await sharingVenv("jupyter", dirs)).toEqual([]);
});

test("a service of the image is a conflict, an unknown one is not found", () => {
  expect(() => findOwnSource("jupyter")).toThrow(
    "Jupyter Lab is part of the image: a newer image brings its update.",
  );
  expect(() => findOwnSource("nope")).toThrow('There is no service "nope".');
});
