import { explain, rcompare, valid } from "@renovatebot/pep440";
import type { PipCommand } from "./pip-command";

const TIMEOUT_MS = 60_000;

/** `pip index versions` lists yanked versions too; pip alone knows which those are. */
const WITHOUT_YANKED = `
import sys
try:
    from pip._internal.index.package_finder import PackageFinder
    every = PackageFinder.find_all_candidates
    PackageFinder.find_all_candidates = lambda self, name: [
        found for found in every(self, name) if not getattr(found.link, "is_yanked", False)
    ]
except (ImportError, AttributeError):
    pass
from pip._internal.cli.main import main
sys.exit(main(sys.argv[1:]))
`;

/** What the index that an environment's pip is configured for has of a package. */
export function createPipIndex({ python, failure }: Pick<PipCommand, "python" | "failure">) {
  async function versions(venvDir: string, name: string): Promise<string[]> {
    const args = ["index", "versions", "--pre", "--retries", "1", name];
    const options = { quiet: true, timeoutMs: TIMEOUT_MS };
    const result = await python(venvDir, ["-c", WITHOUT_YANKED, ...args], options);
    const list = /^Available versions: (.*)$/m.exec(result.stdout)?.[1];
    if (list)
      return list
        .split(", ")
        .filter((version) => valid(version))
        .sort(rcompare);
    const problem = await failure(venvDir, { ...result, command: `pip ${args.join(" ")}` });
    const isAnswered = /No matching distribution found/.test(result.stderr);
    if (isAnswered && problem.code !== "unavailable") return [];
    throw problem;
  }

  async function newest(
    venvDir: string,
    name: string,
    installed: string | null,
  ): Promise<string | null> {
    const all = await versions(venvDir, name);
    const wantsPrereleases = isPrerelease(installed);
    return all.find((version) => wantsPrereleases || !isPrerelease(version)) ?? null;
  }

  return { versions, newest };
}

function isPrerelease(version: string | null): boolean {
  return explain(version)?.is_prerelease ?? false;
}
