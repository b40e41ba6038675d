import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { testFolder } from "../testing/test-folder";
import { createOwnSecrets } from "./own-secrets";

const path = () => join(testFolder("secrets"), "secrets.env");

afterEach(() => vi.useRealTimers());

test("those of secrets.env count that are this machine's, and are long enough to be told from words", () => {
  const file = path();
  const lines = [
    "JUPYTER_TOKEN='0a1b2c3d4e5f'",
    "COPILOT_GITHUB_TOKEN=short",
    "MODELS_DIR=/workspace/m",
  ];
  writeFileSync(file, lines.join("\n"));

  expect(createOwnSecrets(file, ["of the container", "2short"])()).toEqual([
    "of the container",
    "0a1b2c3d4e5f",
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
