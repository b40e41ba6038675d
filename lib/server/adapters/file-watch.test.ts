import { appendFile, mkdir, mkdtemp, rename, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { watchedFolders } from "../testing/open-files";
import { waitFor } from "../testing/wait-for";
import { watchFile } from "./file-watch";

async function newFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "watch-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

function watchCounted(path: string) {
  let calls = 0;
  const stop = watchFile(path, () => {
    calls += 1;
  });
  onTestFinished(stop);
  return {
    stop,
    calls: () => calls,
    /** Does it, and waits until it is told. */
    async after(change: () => Promise<unknown>) {
      const before = calls;
      await change();
      await waitFor(() => calls > before);
    },
  };
}

test("whatever happens to a file is told, also before it is there", async () => {
  const path = join(await newFolder(), "a.log");
  const watched = watchCounted(path);

  await watched.after(() => writeFile(path, "1\n"));
  await watched.after(() => appendFile(path, "2\n"));
  await watched.after(() => rename(path, `${path}.1`));
  await watched.after(() => writeFile(path, "3\n"));
  await watched.after(() => appendFile(`${path}.1`, "4\n"));
  await watched.after(() => unlink(path));
});

test("a folder that comes later, or again, is watched from then on", async () => {
  const folder = join(await newFolder(), "logs");
  const path = join(folder, "a.log");
  const watched = watchCounted(path);
  const comes = async () => {
    await mkdir(folder);
    await writeFile(path, "1\n");
  };

  await watched.after(comes);
  await watched.after(() => appendFile(path, "2\n"));
  await watched.after(() => rename(folder, `${folder}.old`));
  await watched.after(comes);
  await watched.after(() => rm(folder, { recursive: true }));
  await watched.after(comes);
});

test("many share what one needs, and the last one to leave frees it", async () => {
  const folder = await newFolder();
  const before = watchedFolders();
  const stops = Array.from({ length: 50 }, (_, at) =>
    watchFile(join(folder, `${at % 5}`), () => {}),
  );
  expect(watchedFolders()).toBe(before + 1);

  for (const stop of stops) {
    stop();
    stop();
  }
  expect(watchedFolders()).toBe(before);
});

test("one that leaves while it is told does not take the others with it", async () => {
  const path = join(await newFolder(), "a.log");
  const first = watchFile(path, () => first());
  const second = watchCounted(path);

  await second.after(() => writeFile(path, "1\n"));
  await second.after(() => appendFile(path, "2\n"));
});
