import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundleProgram } from "../testing/child-program";
import { waitFor } from "../testing/wait-for";

test("a mistake is reported, and the server answers on", async () => {
  const dir = await mkdtemp(join(tmpdir(), "survival-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, "server.cjs");
  await bundleProgram("mistaken-server", file);
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  const port = Number(await waitFor(() => /^\d+\n/.exec(said)?.[0]));
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(500) });

  await ask("/throw").catch(() => {});
  await ask("/later");
  await ask("/reject");

  await waitFor(() => said.match(/reported: /g)?.length === 3);
  expect(said).toMatch(/reported: thrown\nreported: thrown later\nreported: rejected\n$/);
  expect(await (await ask("/")).text()).toBe("whole");
  expect(child.exitCode).toBeNull();
});
