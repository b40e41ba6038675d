import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testFolder } from "../testing/test-folder";
import { createApps } from "./apps";

async function machine() {
  const dir = testFolder("apps");
  const dirs = {
    reposDir: join(dir, "repos"),
    venvsDir: join(dir, "venvs"),
    searchPath: `${dir}/bin:/nowhere`,
  };
  for (const path of ["repos/ComfyUI", "venvs/core/bin", "bin"])
    await mkdir(join(dir, path), { recursive: true });
  await writeFile(join(dir, "repos/ComfyUI/main.py"), "");
  await writeFile(join(dir, "venvs/core/bin/jupyter-lab"), "");
  await writeFile(join(dir, "bin/code-server"), "");
  return { dir, apps: createApps(dirs) };
}

test.each([
  [["repos/ComfyUI/main.py"], true],
  [["repos/kohya_ss/kohya_gui.py"], false],
  [["venvs/core/bin/jupyter-lab"], true],
  [["venvs/none/bin/x", "command:code-server"], true],
  [["command:no-such-command"], false],
  [[], true],
])("%j is present: %s", async (candidates, expected) => {
  const { apps } = await machine();
  expect(await apps.isPresent(candidates)).toBe(expected);
});

test("a missing app is expected at its first path", async () => {
  const { dir, apps } = await machine();
  expect(apps.expectedAt(["command:x", "repos/a/b.py"])).toBe(join(dir, "repos/a/b.py"));
  expect(apps.expectedAt(["command:code-server"])).toBe("code-server");
});
