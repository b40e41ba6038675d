import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { createOwnSecrets } from "./own-secrets";

const path = () => join(mkdtempSync(join(tmpdir(), "secrets-")), "secrets.env");

afterEach(() => vi.useRealTimers());

test("the values of secrets.env are those that bash would read", () => {
  const file = path();
  writeFileSync(
    file,
    [
      "# Read by the services",
      "export JUPYTER_TOKEN='0a1b2c3d4e5f'",
      `export CODE_SERVER_PASSWORD='it'\\''s long'`,
      `  HF_TOKEN="with \\"quotes\\"" # mine`,
      "SUPERVISOR_ADMIN_PASSWORD=plain\\ word; export SUPERVISOR_ADMIN_PASSWORD",
      "COPILOT_GITHUB_TOKEN=short",
      "export MODELS_DIR='/workspace/models'",
      "#CONTROLPILOT_PASSWORD='commented-out'",
    ].join("\n"),
  );

  expect(createOwnSecrets(file, ["of the container", "2short"])()).toEqual([
    "of the container",
    "0a1b2c3d4e5f",
    "it's long",
    'with "quotes"',
    "plain word",
  ]);
});

test("a file that changes is read again, and what was replaced stays hidden", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const file = path();
  const secrets = createOwnSecrets(file, []);
  expect(secrets()).toEqual([]);

  writeFileSync(file, "JUPYTER_TOKEN=the-first-one");
  vi.advanceTimersByTime(1500);
  expect(secrets()).toEqual(["the-first-one"]);
  writeFileSync(file, "JUPYTER_TOKEN=another-one-of-them");
  vi.advanceTimersByTime(1500);
  expect(secrets()).toEqual(["the-first-one", "another-one-of-them"]);
  rmSync(file);
  vi.advanceTimersByTime(1500);
  expect(secrets()).toEqual(["the-first-one", "another-one-of-them"]);
});
