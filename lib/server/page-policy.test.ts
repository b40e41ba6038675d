import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hashInlineScripts, pageHeaders } from "./page-policy";
import { testFolder } from "./testing/test-folder";

test("every inline script of every page is hashed once, scripts with a source are not", async () => {
  const dir = testFolder("pages");
  await mkdir(join(dir, "deep"));
  await writeFile(
    join(dir, "index.html"),
    `<script src="/a.js"></script><script>alert(1)</script>`,
  );
  await writeFile(
    join(dir, "deep", "b.html"),
    `<script>alert(1)</script><script id="x">two</script>`,
  );
  await writeFile(join(dir, "index.rsc"), "<script>not a page</script>");

  expect(await hashInlineScripts(dir)).toEqual(
    [
      // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
      "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='",
      "'sha256-P8TM/nRYcOLA2Z9x8w/wZWyN7dQcwdfT03aw2+aF4vM='",
    ].sort(),
  );
});

test("nothing inline runs without its hash, and nobody may frame the page", () => {
  const policy = pageHeaders(["'sha256-x'"])["content-security-policy"];

  expect(policy).toContain("script-src 'self' 'sha256-x';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
});
