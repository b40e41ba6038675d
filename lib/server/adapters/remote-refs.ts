import type { Commit } from "@/lib/contract/updates";
import { AppError } from "../errors";
import type { Runner } from "./command";
import { createGitCommand, explain } from "./git-command";
import type { Checkout } from "./git-inspect";

const MOST_REFS = 100;
const HISTORY = 50;
const FIELDS = ["%H", "%s", "%an", "%cI"].join("%x1f");

export type Ref = { name: string; sha: string };
export type RemoteRefs = ReturnType<typeof createRemoteRefs>;

/** What a person may choose from: the remote's branches and tags, and what the checkout has been at. */
export function createRemoteRefs(run: Runner) {
  const git = createGitCommand(run, 0);

  return {
    /** By version, newest first, at most 100 of each. Throws `unavailable` where the remote does not answer. */
    async list({
      dir,
      followed,
    }: Pick<Checkout, "dir" | "followed">): Promise<{ branches: Ref[]; tags: Ref[] }> {
      if (!followed) return { branches: [], tags: [] };
      // A release is newer than its candidates: v1.0 stands before v1.0-rc1.
      const order = ["-c", "versionsort.suffix=-", "-c", "versionsort.suffix=rc"];
      const question = ["ls-remote", "--heads", "--tags", "--sort=-version:refname", "--"];
      const result = await git.ask(dir, [...order, ...question, followed.remote]);
      if (!result.ok) throw new AppError("unavailable", explain(dir, question, result));
      const { stdout } = result;
      return { branches: namesIn(stdout, "refs/heads/"), tags: namesIn(stdout, "refs/tags/") };
    },

    /** The newest 50 commits of what is checked out. */
    async history(dir: string): Promise<Commit[]> {
      const args = ["log", "-z", `-${HISTORY}`, "--no-show-signature", "--no-color"];
      const records = await git.text(dir, [...args, `--format=${FIELDS}`, "HEAD"]);
      return records.split("\0").filter(Boolean).map(asCommit);
    },
  };
}

function namesIn(listing: string, prefix: string): Ref[] {
  const found = new Map<string, string>();
  for (const line of listing.split("\n")) {
    const [sha, ref] = line.split("\t");
    if (!sha || !ref?.startsWith(prefix)) continue;
    const name = ref.slice(prefix.length);
    // "^{}" is the commit behind a tag that is an object of its own, whichever of the two comes first.
    const plain = name.replace(/\^\{\}$/, "");
    if (name !== plain || !found.has(plain)) found.set(plain, sha);
  }
  return [...found].slice(0, MOST_REFS).map(([name, sha]) => ({ name, sha }));
}

function asCommit(record: string): Commit {
  const [sha = "", subject = "", author = "", date = ""] = record.split("\x1f");
  return { sha, subject, author, date: new Date(date).toISOString() };
}
