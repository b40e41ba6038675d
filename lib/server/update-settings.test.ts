import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createUpdatesConfig } from "./adapters/updates-config";
import type { Installed } from "./installed";
import { aCheckout, HEAD } from "./testing/update-fakes";
import { createUpdateSettings } from "./update-settings";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "settings-"));
  path = join(folder, "service-updates.toml");
});

afterEach(() => rmSync(folder, { recursive: true }));

const text = () => readFileSync(path, "utf8");

function open(installed: Installed | null = null) {
  return createUpdateSettings({
    config: createUpdatesConfig(path),
    readInstalled: async () => installed,
  });
}

describe("set", () => {
  test("pins to what is named, and switches the boot on", async () => {
    const answer = await open().set("invoke", { policy: "pinned", target: "6.10.0" });
    expect(answer).toEqual({
      status: "ok",
      name: "invoke",
      policy: "pinned",
      target: "6.10.0",
      skip: null,
    });
    expect(text()).toContain("enabled = true");
    expect(text()).toContain('target_version = "6.10.0"');
  });

  test("pins to what is installed where nothing is named", async () => {
    const git: Installed = { kind: "git", repoDir: "/r", venvDir: null, checkout: aCheckout() };
    expect(await open(git).set("comfy", { policy: "pinned" })).toMatchObject({ target: HEAD });
    const pip: Installed = { kind: "pip", venvDir: "/v", version: "6.10.0" };
    expect(await open(pip).set("invoke", { policy: "pinned" })).toMatchObject({ target: "6.10.0" });
  });

  test("keeps the target that there is", async () => {
    const settings = open({ kind: "pip", venvDir: "/v", version: "6.11.1" });
    await settings.set("invoke", { policy: "manual", target: "6.9.0" });
    expect(await settings.set("invoke", { policy: "pinned" })).toMatchObject({ target: "6.9.0" });
  });

  test("cannot pin to nothing", async () => {
    await expect(open().set("invoke", { policy: "pinned" })).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test("follows the newest, without a target", async () => {
    const settings = open();
    await settings.set("comfy", { policy: "pinned", target: "v0.3.1" });
    expect(await settings.set("comfy", { policy: "follow" })).toMatchObject({
      policy: "follow",
      target: null,
    });
  });

  test("skips a version, and offers it again", async () => {
    const settings = open();
    expect(await settings.set("invoke", { skip: "6.11.1" })).toMatchObject({ skip: "6.11.1" });
    expect(await settings.set("invoke", { skip: null })).toMatchObject({ skip: null });
    expect(text()).not.toContain("skip_version");
  });

  test.each([
    ["pinned to null", { policy: "pinned", target: null }],
    ["following with a target", { policy: "follow", target: "6.10.0" }],
    ["a package at a branch", { target: "main" }],
    ["a package at any of several versions", { skip: "6.x" }],
  ] as const)("%s is refused, and nothing is written", async (_title, settings) => {
    await expect(open().set("invoke", settings)).rejects.toMatchObject({ code: "invalid" });
    expect(text).toThrow("ENOENT");
  });

  test.each([
    ["jupyter", "conflict"],
    ["nope", "not_found"],
  ])("%s is refused: %s", async (name, code) => {
    await expect(open().set(name, { policy: "manual" })).rejects.toMatchObject({ code });
    expect(text).toThrow("ENOENT");
  });

  test("a file that does not parse stays as it is", async () => {
    writeFileSync(path, "[services\n");
    await expect(open().set("invoke", { skip: "6.11.1" })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining(path),
    });
    expect(text()).toBe("[services\n");
  });
});
