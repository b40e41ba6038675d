import { expect, it } from "vitest";
import { redact } from "./redact";

it.each([
  ["fatal: https://bob:hunter2@github.com/a/b.git", "fatal: https://•••@github.com/a/b.git"],
  ["https://ghp_abc@github.com/a", "https://•••@github.com/a"],
  ["GET /x?token=abc123&page=2", "GET /x?token=•••&page=2"],
  [
    "https://s3/x?X-Amz-Signature=00ff&X-Amz-Date=1",
    "https://s3/x?X-Amz-Signature=•••&X-Amz-Date=1",
  ],
  ["Authorization: Bearer eyJhbGciOi.abc", "Authorization: ••• •••"],
  ["using hf_abcdefghijklmnopqrstuvwx now", "using ••• now"],
  ["HF_TOKEN=abc", "HF_TOKEN=•••"],
  ["SUPERVISOR_ADMIN_PASSWORD: 'pa55'", "SUPERVISOR_ADMIN_PASSWORD: '•••'"],
  ["http://127.0.0.1:8888/lab?token=0a1b2c", "http://127.0.0.1:8888/lab?token=•••"],
])("hides the secret in %s", (text, expected) => {
  expect(redact(text)).toBe(expected);
});

it.each([
  "Collecting tokenizers==0.20.1",
  "Receiving objects: 62% (31/50), 1.2 MiB | 3.00 MiB/s",
  "git@github.com: Permission denied (publickey).",
  "https://github.com/a/b.git/tree/main?tab=readme",
  "tokens per second: 12",
])("leaves %s as it is", (text) => {
  expect(redact(text)).toBe(text);
});
