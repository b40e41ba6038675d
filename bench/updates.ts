import { execFile } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { chromium } from "playwright";
import { Machine } from "../e2e/machine";
import type { UpdateJob } from "../lib/contract/updates";
import { createRemote, gitIn, makeFolder, removeFolders } from "../lib/server/testing/git-remotes";
import { createIndex } from "../lib/server/testing/package-index";
import { createVenv } from "../lib/server/testing/real-venv";
import { type Report, summary, time, timeInTurns } from "./measure";

const run = promisify(execFile);
const REPOS = ["ComfyUI", "kohya_ss", "diffusion-pipe", "ai-toolkit"];
const TICKS = 20;
/** Tells on its error output when it ran, as the progress of a program does. */
const TICK = "sh -c 'echo tick $(date +%s%3N) >&2; sleep 0.2; cat'";

/** Versions, an update without changes, and how soon its output is on the screen. */
export async function measureUpdates(report: Report): Promise<void> {
  const place = await createPlace();
  try {
    await place.machine.start();
    await measureVersions(place, report);
    await measureIdleJob(place, report);
    await measureOutput(place, report);
  } finally {
    await place.machine.end();
    await place.index.stop();
    await place.venv.remove();
    removeFolders();
  }
}

type Place = Awaited<ReturnType<typeof createPlace>>;

/** Four checkouts of remotes on this disk, and a package from an index on this machine. */
async function createPlace() {
  const dir = makeFolder("bench-updates");
  const inDir = (...path: string[]) => join(dir, ...path);
  mkdirSync(inDir("repos"));
  mkdirSync(inDir("venvs"));
  const remotes = REPOS.map((name) => {
    const remote = createRemote({ "main.py": "", "requirements.txt": "" });
    renameSync(remote.clone(), inDir("repos", name));
    return remote;
  });
  const index = await createIndex();
  for (const version of ["1.0", "1.1"]) index.release("invokeai", version);
  const venv = await createVenv();
  renameSync(await venv.copy(index.url), inDir("venvs", "invoke"));
  await venv.pip(inDir("venvs", "invoke"), "install", "--quiet", "invokeai==1.1");
  const machine = new Machine({
    PILOT_REPOS_DIR: inDir("repos"),
    PILOT_VENVS_DIR: inDir("venvs"),
    PIP_FIND_LINKS: "",
    SERVICE_UPDATE_HEALTH_SECONDS: "1",
  });
  return { dir, inDir, remotes, index, venv, machine };
}

async function measureVersions({ machine, inDir }: Place, report: Report): Promise<void> {
  const python = inDir("venvs", "invoke", "bin", "python");
  const byHand = () =>
    Promise.all([
      ...REPOS.map((name) =>
        run("git", ["-C", inDir("repos", name), "ls-remote", "origin", "HEAD"]),
      ),
      run(python, ["-m", "pip", "index", "versions", "invokeai"]),
    ]);
  const { api, hand } = await timeInTurns(8, {
    api: () => fetch(`${machine.url}/api/services/versions?refresh=true`).then((a) => a.text()),
    hand: byHand,
  });
  const ratio = api.median / hand.median;
  report("versions of five services", `${api.median.toFixed(0)} ms`, "", true);
  report("… git and pip by hand, side by side", `${ratio.toFixed(2)} x`, "≤ 1.5 x", ratio <= 1.5);
  const kept = await time(50, () =>
    fetch(`${machine.url}/api/services/versions?wait=false`).then((answer) => answer.text()),
  );
  report("… as they are kept", `${kept.median.toFixed(1)} ms`, "", true);
}

async function measureIdleJob({ machine, inDir }: Place, report: Report): Promise<void> {
  const repo = inDir("repos", "ComfyUI");
  const { job, hand } = await timeInTurns(5, {
    job: () => finish(machine, "comfy"),
    hand: async () => {
      await run("git", ["-C", repo, "ls-remote", "origin", "HEAD"]);
      await run("git", ["-C", repo, "status", "--porcelain"]);
    },
  });
  const over = job.median - hand.median;
  report("an update without changes", `${job.median.toFixed(0)} ms`, "", true);
  report("… beyond git's own", `${over.toFixed(0)} ms`, "≤ 1500 ms", over <= 1500);
}

/** Starts an update and waits for its end. */
async function finish(machine: Machine, name: string): Promise<UpdateJob> {
  const url = `${machine.url}/api/services/${name}/update`;
  await fetch(`${url}/start`, { method: "POST" });
  for (;;) {
    const job = (await (await fetch(`${url}/status`)).json()) as UpdateJob;
    if (job.state !== "running") return job;
    await sleep(20);
  }
}

async function measureOutput({ machine, inDir, remotes }: Place, report: Report): Promise<void> {
  gitIn(inDir("repos", "ComfyUI"), "config", "filter.tick.smudge", TICK);
  const files = [...Array(TICKS)].map((_, i) => [`${i}.tick`, "tick\n"]);
  remotes[0]?.commit({ ".gitattributes": "*.tick filter=tick\n", ...Object.fromEntries(files) });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
  try {
    const page = await browser.newPage();
    const started = await fetch(`${machine.url}/api/services/comfy/update/start`, {
      method: "POST",
    });
    const { id } = (await started.json()) as UpdateJob;
    await page.goto(`${machine.url}/?update=comfy&job=${id}`);
    const delays = await page.evaluate(watchTicks, TICKS);
    const { median, p95 } = summary(delays);
    const figure = `${median.toFixed(0)} ms (p95 ${p95.toFixed(0)} ms)`;
    report("from a line of output to the screen", figure, "≤ 1000 ms", p95 <= 1000);
  } finally {
    await browser.close();
  }
}

/** In the page: how old each tick is when it is first seen; those from before the page are left out. */
function watchTicks(count: number): Promise<number[]> {
  const openedAt = Date.now();
  const seen = new Set<string>();
  const delays: number[] = [];
  return new Promise((resolve) => {
    const look = () => {
      for (const [, at = ""] of (document.body.textContent ?? "").matchAll(/tick (\d{13})/g)) {
        if (seen.has(at)) continue;
        seen.add(at);
        if (Number(at) > openedAt) delays.push(Date.now() - Number(at));
      }
      if (seen.size >= count) resolve(delays);
      else requestAnimationFrame(look);
    };
    look();
    setTimeout(() => resolve(delays), 30_000);
  });
}
