import { expect, test } from "vitest";
import { hostOf, sayFailure } from "./check-failure";
import { AppError } from "./errors";

test.each([
  ["https://github.com/a/b.git", "github.com"],
  ["https://•••@github.com/a/b", "github.com"],
  ["ssh://git@example.org:2222/a/b", "example.org"],
  ["git@github.com:a/b.git", "github.com"],
  ["/srv/git/a.git", "/srv/git/a.git"],
  ["file:///srv/git/a.git", "file:///srv/git/a.git"],
  ["", null],
  [null, null],
])("the host of %s is %s", (url, host) => {
  expect(hostOf(url)).toBe(host);
});

test("a failure is one line without secrets, and a bug is none", () => {
  const failure = new AppError("unavailable", "fatal: https://me:secret@github.com/x\n  not found");
  expect(sayFailure(failure)).toBe("fatal: https://•••@github.com/x not found");
  expect(sayFailure(new TypeError("x is undefined"))).toBeNull();
});
