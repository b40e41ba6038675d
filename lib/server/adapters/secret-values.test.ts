import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSecretValues } from "./secret-values";

function secretsFile(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), "secrets-"));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  writeFileSync(join(dir, "secrets.env"), text);
  return join(dir, "secrets.env");
}

test("every value of the file counts, however it is quoted", async () => {
  const path = secretsFile(
    [
      "# export OLD='not-in-use'",
      "export A='it'\\''s a secret'",
      'B="say \\"friend\\""',
      "  export C=plain-one\r",
      "D=short",
      "E='twice-said'",
      "F='twice-said'",
    ].join("\n"),
  );
  expect(await readSecretValues(path, {})).toEqual([
    "it's a secret",
    'say "friend"',
    "plain-one",
    "twice-said",
  ]);
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
