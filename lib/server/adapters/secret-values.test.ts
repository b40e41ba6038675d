import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testFolder } from "../testing/test-folder";
import { readSecretValues } from "./secret-values";

function secretsFile(text: string): string {
  const dir = testFolder("secrets");
  writeFileSync(join(dir, "secrets.env"), text);
  return join(dir, "secrets.env");
}

test("every value of the file counts, once, unless it is too short", async () => {
  const path = secretsFile("export A='once-said'\nD=short\nE='twice-said'\nF='twice-said'\n");
  expect(await readSecretValues(path, {})).toEqual(["once-said", "twice-said"]);
});

test("of the environment those that are named as secrets", async () => {
  const env = {
    HF_TOKEN: "hf-value",
    hf_token: "lower-value",
    RUNPOD_API_KEY: "key-value",
    CODE_SERVER_PASSWORD: "pass-value",
    GIT_AUTHOR_NAME: "somebody",
    PATH: "/usr/bin:/bin",
    PASSIVE_MODE: "whatever",
    EMPTY_SECRET: "",
  };
  expect(await readSecretValues("/nowhere/secrets.env", env)).toEqual([
    "hf-value",
    "lower-value",
    "key-value",
    "pass-value",
  ]);
});
