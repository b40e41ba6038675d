import { afterAll, afterEach, expect, test, vi } from "vitest";
import { createRemote, makeFolder, removeFolders, writeFiles } from "../testing/git-remotes";
import { createRunner } from "./command";
import { createGit } from "./git";

afterEach(() => vi.unstubAllEnvs());
afterAll(removeFolders);

/** One that knows nothing but its version. */
function installOldGit() {
  const tools = makeFolder("old-git");
  const script = `#!/bin/sh
for word; do [ "$word" = version ] && echo "git version 2.25.1" && exit; done
echo "usage: git [--version] [--help]" >&2
exit 129
`;
  writeFiles(tools, { git: { executable: script } });
  vi.stubEnv("PATH", `${tools}:${process.env.PATH}`);
}

test("a git that is too old says so, until there is a newer one", async () => {
  const dir = createRemote().clone();
  const commands: string[] = [];
  const run = createRunner({ timeoutMs: 20_000 });
  const git = createGit((program, args, options) => {
    commands.push(args.join(" "));
    return run(program, args, options);
  });
  installOldGit();
  await expect(git.inspect(dir)).rejects.toMatchObject({
    code: "unavailable",
    message: "git 2.31 or newer is needed; this machine has 2.25.",
  });
  vi.unstubAllEnvs();
  expect(await git.inspect(dir)).toMatchObject({ branch: "master" });
  commands.length = 0;
  await git.inspect(dir);
  expect(commands.filter((command) => command.endsWith("version"))).toEqual([]);
});
