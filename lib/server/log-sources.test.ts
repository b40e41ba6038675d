import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AppError } from "./errors";
import { createLogSources } from "./log-sources";
import type { LogPaths } from "./logs";

async function sourcesOf(paths: LogPaths) {
  let pathsOf = async (): Promise<LogPaths> => paths;
  const sources = createLogSources({
    names: ["comfy"],
    streams: "both",
    pathsOf: () => pathsOf(),
    onChange: () => {},
    reveal: false,
  });
  onTestFinished(sources.close);
  await sources.begin({ lines: 10 });

  async function read(): Promise<string> {
    let text = "";
    for (const { stream, follower } of sources.all()) {
      for (let step = await follower.next(); step; step = await follower.next()) {
        text += step.kind === "text" ? `${stream} ${step.text}` : `${stream} <${step.kind}>\n`;
      }
    }
    return text;
  }

  const change = (now: () => Promise<LogPaths>) => {
    pathsOf = now;
    return sources.refresh();
  };
  return { sources, read, change };
}

async function newFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "sources-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test("a log that the config moves is read to its end, and then where it is now", async () => {
  const dir = await newFolder();
  const [old, now] = [join(dir, "old.log"), join(dir, "now.log")];
  await writeFile(old, "1\n");
  const { read, change } = await sourcesOf({ out: old, err: null });
  expect(await read()).toBe("out 1\n");

  await appendFile(old, "2\n");
  await writeFile(now, "3\n");
  await change(async () => ({ out: now, err: null }));
  expect(await read()).toBe("out 2\nout <rotated>\nout 3\n");
});

test("a log that the config adds is read from its start", async () => {
  const dir = await newFolder();
  const [out, err] = [join(dir, "out.log"), join(dir, "err.log")];
  await writeFile(out, "1\n");
  const { sources, read, change } = await sourcesOf({ out, err: null });
  expect(await read()).toBe("out 1\n");
  expect(sources.position()).toMatch(/^comfy\/out=[^,]+$/);

  await writeFile(err, "2\n3\n");
  await change(async () => ({ out, err }));
  expect(await read()).toBe("err 2\n3\n");
  expect(sources.position()).toMatch(/^comfy\/out=[^,]+,comfy\/err=[^,]+$/);
});

test("while supervisord cannot say where the logs are they are followed where they were", async () => {
  const out = join(await newFolder(), "out.log");
  await writeFile(out, "1\n");
  const { read, change } = await sourcesOf({ out, err: null });
  await read();

  await change(async () => {
    throw new AppError("unavailable", "away");
  });
  await appendFile(out, "2\n");
  expect(await read()).toBe("out 2\n");
  await expect(change(() => Promise.reject(new TypeError("a bug")))).rejects.toThrow("a bug");
});
