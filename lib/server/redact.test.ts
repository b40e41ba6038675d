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
  ["//npm.org/:_authToken=abc", "//npm.org/:_authToken=•••"],
  ["found npm_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6 in it", "found ••• in it"],
  ['{"token": "abc", "page": 2}', '{"token": "•••", "page": 2}'],
  ['{"password":"a b\\"c,d","user":"bob"}', '{"password":"•••","user":"bob"}'],
  ["{'api_key': 'abc'}", "{'api_key': '•••'}"],
  ['"{\\"token\\": \\"abc\\"}"', '"{\\"token\\": \\"•••\\"}"'],
  ['{"token":123456,"page":2}', '{"token":•••"page":2}'],
  ["hf download --token abc --revision main", "hf download --token ••• --revision main"],
  ["x --hf-token 'a b' --page 2", "x --hf-token '•••' --page 2"],
  ["x --password=abc --page 2", "x --password=••• --page 2"],
  ["x --password=-abc", "x --password=•••"],
  ["https://user:p@ss@host/path@v1", "https://•••@host/path@v1"],
  ["git+https://user:p@s@s@host:8080/x.git@76a7fe9", "git+https://•••@host:8080/x.git@76a7fe9"],
  ["postgres://me:p@ss:word@db", "postgres://•••@db"],
  ["Authorization: token abc", "Authorization: ••• •••"],
  ['curl -H "Authorization: Basic dXNlcjpwYXNz" x', 'curl -H "Authorization: ••• •••" x'],
  ["sent Basic dXNlcjpwYXNz to it", "sent Basic ••• to it"],
  ["API_TOKENS=abc,def", "API_TOKENS=•••"],
])("hides the secret in %s", (text, expected) => {
  expect(redact(text)).toBe(expected);
});

it.each([
  "Collecting tokenizers==0.20.1",
  "Receiving objects: 62% (31/50), 1.2 MiB | 3.00 MiB/s",
  "git@github.com: Permission denied (publickey).",
  "https://github.com/a/b.git/tree/main?tab=readme",
  "tokens per second: 12",
  "max_tokens=512, prompt tokens: 34",
  "Collecting tokenizers==0.20",
  "Downloading tokenizers-0.20.0-cp311-manylinux_2_17_x86_64.whl (3.0 MB)",
  "Successfully installed azure-keyvault-secrets-4.8.0 password-strength-0.0.3 sk-video-1.1.10",
  "azure-keyvault-secrets==4.8.0",
  "Using cached hf_transfer-0.1.9.whl and hf_hub_download_of_many_files",
  "npm_config_registry, npm_lifecycle_event and npm_package_name",
  "HEAD is now at 76a7fe9d1c2b3a4f5e6d7c8b9a0f1e2d3c4b5a69 tokens",
  "pip install git+https://github.com/a/b@76a7fe9d1c2b3a4f5e6d7c8b9a0f1e2d3c4b5a69#egg=b",
  "npm install @scope/name@1.2.3 from https://registry.npmjs.org/@scope%2fname",
  "See https://host/x, or ask me@host",
  "Some basic functionality is missing",
  "Use the --token option, or --password to log in",
  '{"token": null, "password": ""}',
  "Password: \nCloning into x",
  "std::Token::Kind",
])("leaves %s as it is", (text) => {
  expect(redact(text)).toBe(text);
});

it("takes no longer for a line that looks like the beginning of many secrets", () => {
  for (const text of ["-", "a.", "a-", "--token ", "://", "token", "password=", '"']) {
    const line = text.repeat(100_000);
    const began = performance.now();
    redact(line);
    expect(performance.now() - began, text).toBeLessThan(1000);
  }
});
