import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  createRemote,
  gitIn,
  removeFolders,
  stallDownloads,
  writeFiles,
} from "../testing/git-remotes";
import { waitFor } from "../testing/wait-for";
import { createRunner } from "./command";
import { type Checkout, createGit } from "./git";

const run = createRunner({ timeoutMs: 20_000 });
const git = createGit(run);

const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);

afterAll(removeFolders);

async function look(dir: string): Promise<Checkout> {
  return (await git.inspect(dir)) ?? expect.fail(`${dir} is no checkout`);
}

function unfinished(dir: string, gitDir = ".git"): string[] {
  return readdirSync(join(dir, gitDir, "objects/pack")).filter((name) => name.startsWith("tmp_"));
}

/** A checkout whose downloads never end, and a commit to download. */
function makeStalling() {
  const remote = createRemote();
  const dir = remote.clone();
  const sha = remote.commit({ "model.bin": randomBytes(400_000) });
  stallDownloads(dir, 200_000);
  return { dir, sha };
}

function fetchUntil(checkout: Checkout, sha: string) {
  const controller = new AbortController();
  const stoppable = createGit(createRunner({ timeoutMs: 20_000, signal: controller.signal }));
  const fetched = stoppable.fetch(checkout, { sha, branch: "master" });
  return { fetched, cancel: () => controller.abort() };
}

describe("the half of a download", () => {
  test("goes when the download is cancelled", async () => {
    const { dir, sha } = makeStalling();
    const { fetched, cancel } = fetchUntil(await look(dir), sha);
    await waitFor(() => unfinished(dir).length > 0);
    cancel();
    await expect(fetched).rejects.toThrow(/cancelled/);
    expect(unfinished(dir)).toEqual([]);
  });

  test("stays while somebody is at it, whatever else fails", async () => {
    const { dir, sha } = makeStalling();
    const checkout = await look(dir);
    const { fetched, cancel } = fetchUntil(checkout, sha);
    await waitFor(() => unfinished(dir).length > 0);
    const missing = { sha: "0123456789012345678901234567890123456789", branch: null };
    await expect(git.fetch(checkout, missing)).rejects.toMatchObject({ code: "not_found" });
    await git.removeStaleLocks(dir, ago(1));
    expect(unfinished(dir)).toHaveLength(1);
    cancel();
    await expect(fetched).rejects.toThrow(/cancelled/);
  });

  test("goes with the locks, if it is of that time or too old for anybody to be at it", async () => {
    const dir = createRemote().clone();
    gitIn(dir, "init", "--quiet", "--bare", ".git/modules/library");
    const packs = { recent: 1, earlier: 3, old: 30 };
    for (const folder of [".git", ".git/modules/library"]) {
      for (const [name, hours] of Object.entries(packs)) {
        const path = `${folder}/objects/pack/tmp_pack_${name}`;
        writeFiles(dir, { [path]: "half" });
        utimesSync(join(dir, path), ago(hours), ago(hours));
      }
    }
    await git.removeStaleLocks(dir, ago(2));
    expect(unfinished(dir)).toEqual(["tmp_pack_earlier"]);
    expect(unfinished(dir, ".git/modules/library")).toEqual(["tmp_pack_earlier"]);
  });
});

describe("locks", () => {
  test("only those that are younger are removed", async () => {
    const dir = createRemote().clone();
    writeFiles(dir, { ".git/index.lock": "", ".git/refs/heads/master.lock": "" });
    await git.removeStaleLocks(dir, ago(-1));
    expect(existsSync(join(dir, ".git/index.lock"))).toBe(true);
    await git.removeStaleLocks(dir, ago(1));
    expect(existsSync(join(dir, ".git/index.lock"))).toBe(false);
    expect(existsSync(join(dir, ".git/refs/heads/master.lock"))).toBe(false);
  });

  test("files of that name in a staged tree are none", async () => {
    const dir = createRemote().clone();
    const stage = await git.stagingDir(dir, "job-1");
    writeFiles(stage, { "tree/uv.lock": "packages" });
    await git.removeStaleLocks(dir, ago(1));
    expect(existsSync(join(stage, "tree/uv.lock"))).toBe(true);
  });
});
