import { delimiter, isAbsolute, join } from "node:path";
import { exists } from "./file-presence";

const KEEP_MS = 5000;

export type Apps = ReturnType<typeof createApps>;

/** Tells whether an app is on this machine, by the candidates of scripts/apps.json. Answers are kept for 5 s. */
export function createApps(dirs: { reposDir: string; venvsDir: string; searchPath: string }) {
  const known = new Map<string, { at: number; answer: Promise<boolean> }>();

  async function anyExists(candidates: string[]): Promise<boolean> {
    const found = await Promise.all(candidates.flatMap(pathsOf).map(exists));
    return found.includes(true);
  }

  function pathsOf(candidate: string): string[] {
    const command = candidate.match(/^command:(.+)$/)?.[1];
    if (command) return dirs.searchPath.split(delimiter).map((dir) => join(dir, command));
    return [pathOf(candidate)];
  }

  function pathOf(candidate: string): string {
    if (isAbsolute(candidate)) return candidate;
    const [root, ...rest] = candidate.split("/");
    return join(root === "venvs" ? dirs.venvsDir : dirs.reposDir, ...rest);
  }

  return {
    isPresent(candidates: string[]): Promise<boolean> {
      if (candidates.length === 0) return Promise.resolve(true);
      const key = candidates.join("\n");
      const kept = known.get(key);
      if (kept && performance.now() - kept.at < KEEP_MS) return kept.answer;
      const answer = anyExists(candidates);
      known.set(key, { at: performance.now(), answer });
      return answer;
    },

    /** Where a person would put the app: the first candidate that is a path. */
    expectedAt(candidates: string[]): string {
      const path = candidates.find((candidate) => !candidate.startsWith("command:"));
      return path ? pathOf(path) : (candidates[0]?.replace("command:", "") ?? "");
    },
  };
}
