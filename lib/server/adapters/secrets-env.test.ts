import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSecretsEnv } from "./secrets-env";

const NAME = "CONTROLPILOT_PASSWORD";
let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "cp-secrets-"));
  path = join(dir, "it's secrets.env");
});

afterEach(() => rmSync(dir, { recursive: true }));

function read(script: string): Promise<string | null> {
  writeFileSync(path, script);
  return createSecretsEnv(path).read(NAME);
}

test("without a file there is nothing", async () => {
  expect(await createSecretsEnv(path).read(NAME)).toBeNull();
});

test.each([
  [`export ${NAME}='a b'`, "a b"],
  [`${NAME}="é $((1 + 1))"\n`, "é 2"],
  [`export ${NAME}='it'\\''s'\r\n`, "it's"],
  [`export ${NAME}=a\nexport ${NAME}=b\n`, "b"],
  [`echo noise; echo noise >&2; ${NAME}=a; exit 3`, "a"],
  [`${NAME}=a\nexport HF_TOKEN="never ends`, "a"],
  [`${NAME}=a\nsleep 15 &\n`, "a"],
  [`export ${NAME}=\n`, null],
  [`# ${NAME}=a\nexport HF_TOKEN=b\n`, null],
])("it is what the script leads to: %j", async (script, value) => {
  expect(await read(script)).toBe(value);
});

test("what stands in the environment is not taken for the file's", async () => {
  process.env[NAME] = "outside";
  try {
    expect(await read("export HF_TOKEN=a\n")).toBeNull();
  } finally {
    delete process.env[NAME];
  }
});

test("one that never ends is a fault where it may be about the variable", async () => {
  const [about, other] = await Promise.allSettled([
    read(`sleep 86389\n${NAME}=a\n`),
    createSecretsEnv("/dev/null").read(NAME),
  ]);
  expect(about).toMatchObject({ status: "rejected", reason: { code: "conflict" } });
  expect(other).toMatchObject({ status: "fulfilled", value: null });
});
