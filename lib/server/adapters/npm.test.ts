import { expect, test } from "vitest";
import type { CommandResult } from "./command";
import { explainNpm, npmEnvironment } from "./npm";

function failed(stderr: string, stdout = ""): CommandResult {
  return {
    ok: false,
    command: "npm ci --include=dev",
    exitCode: 1,
    signal: null,
    timedOut: false,
    cancelled: false,
    stdout,
    stderr,
    durationMs: 1,
  };
}

test.each([
  [
    "a package that is not in the registry",
    `npm http fetch GET 404 https://registry.npmjs.org/absent 120ms
npm error code E404
npm error 404 Not Found - GET https://ada:s3cret@registry.npmjs.org/absent - Not found
npm error 404
npm error 404 Note that you can also install from a
npm error A complete log of this run can be found in: /root/.npm/_logs/debug-0.log`,
    "npm ci ended with 1: 404 Not Found - GET https://•••@registry.npmjs.org/absent - Not found",
  ],
  [
    "a registry that is away",
    `npm error code ECONNREFUSED
npm error syscall connect
npm error errno ECONNREFUSED
npm error FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED
npm error     at ClientRequest.<anonymous> (/usr/lib/x.js:130:14)`,
    "npm ci ended with 1: FetchError: request to http://127.0.0.1:9/x failed, reason: connect ECONNREFUSED",
  ],
  [
    "a script that fails",
    `./app/page.tsx:3:1
Type error: Cannot find name 'pge'.
Next.js build worker exited with code: 1 and signal: null
npm error Lifecycle script \`build\` failed with error:
npm error code 1
npm error path /tree/ui
npm error command failed
npm error command sh -c next build`,
    "npm ci ended with 1: Type error: Cannot find name 'pge'.",
  ],
])("names the reason: %s", (_, stderr, sentence) => {
  expect(explainNpm(failed(stderr))).toBe(sentence);
});

test("a build gets nothing that our own web server has set for itself", () => {
  const env = npmEnvironment({
    PATH: "/bin",
    NODE_ENV: "production",
    __NEXT_PRIVATE_STANDALONE_CONFIG: "{}",
    NEXT_PUBLIC_NAME: "theirs",
    npm_config_registry: "https://example.org",
  });
  expect(env).toMatchObject({ NODE_ENV: undefined, __NEXT_PRIVATE_STANDALONE_CONFIG: undefined });
  const untouched = ["PATH", "NEXT_PUBLIC_NAME", "npm_config_registry"];
  for (const name of untouched) expect(env).not.toHaveProperty(name);
});
