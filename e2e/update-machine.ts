import { cpSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { UpdateJob } from "../lib/contract/updates";
import {
  createRemote,
  FILE_SUBMODULES,
  gitIn,
  makeFolder,
  removeFolders,
  writeFiles,
} from "../lib/server/testing/git-remotes";
import { createIndex } from "../lib/server/testing/package-index";
import { createVenv } from "../lib/server/testing/real-venv";
import { codeOf, FIRST } from "../lib/server/testing/web-service";
import { freePort, Machine } from "./machine";

export type Environment = Awaited<ReturnType<typeof createEnvironment>>;

/** What Comfy UI runs in, to be copied for each machine, and the index that its packages come from. */
export async function createEnvironment() {
  const index = await createIndex();
  for (const version of ["1.0", "1.1", "1.2"]) index.release("widget", version);
  const venv = await createVenv();
  const dir = await venv.copy(index.url);
  await venv.pip(dir, "install", "--quiet", "widget==1.0");
  return {
    copyTo: (path: string) => cpSync(dir, path, { recursive: true, verbatimSymlinks: true }),
    async end() {
      await index.stop();
      await venv.remove();
    },
  };
}

export type UpdateMachine = Awaited<ReturnType<typeof createUpdateMachine>>;

/**
 * A machine whose Comfy UI is a web page from a real remote, with Kohya's code beside it. `variables`
 * and `commands` are added to what `Machine` takes.
 */
export async function createUpdateMachine(
  environment: Environment,
  { variables = {}, commands = {} }: Record<string, Record<string, string>> = {},
) {
  const dir = makeFolder("update-machine");
  const repo = join(dir, "repos", "ComfyUI");
  const venv = join(dir, "venvs", "core");
  const remote = createRemote(FIRST);
  const kohyaRemote = createRemote({ "kohya_gui.py": "", "requirements.txt": "" });
  mkdirSync(join(dir, "repos"));
  mkdirSync(join(dir, "venvs"));
  renameSync(remote.clone(), repo);
  renameSync(kohyaRemote.clone(), join(dir, "repos", "kohya_ss"));
  environment.copyTo(venv);

  const port = await freePort();
  const python = `/usr/bin/env COMFY_PORT=${port} PYTHONDONTWRITEBYTECODE=1 ${venv}/bin/python`;
  const machine = new Machine(
    {
      ...FILE_SUBMODULES,
      PILOT_REPOS_DIR: join(dir, "repos"),
      PILOT_VENVS_DIR: join(dir, "venvs"),
      COMFY_PORT: String(port),
      PIP_CACHE_DIR: join(dir, "cache"),
      PIP_FIND_LINKS: "",
      SERVICE_UPDATE_HEALTH_SECONDS: "2",
      SERVICE_UPDATE_HEALTH_DEADLINE_SECONDS: "60",
      ...variables,
    },
    { comfy: `${python} ${repo}/main.py`, ...commands },
  );
  await machine.start();

  const served = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      (answer) => answer.text(),
      () => null,
    );
  await machine.until(async () => (await served()) !== null);

  /** A commit at the origin: the page says `version`, `before` runs before it serves. */
  function publish(
    version: string,
    { widget = "1.1", before = "", subject = `Serve ${version}` } = {},
  ) {
    const files = { "main.py": codeOf(version, before), "requirements.txt": `widget==${widget}\n` };
    return remote.commit(files, subject);
  }

  const gate = join(dir, "gate");

  return {
    machine,
    remote,
    /** A file that a version may wait for before it serves. */
    gate,
    openGate: () => writeFileSync(gate, ""),
    kohyaRemote,
    repo,
    publish,
    /** What Comfy UI says it runs; null where it does not answer. */
    served,
    edit: (path: string, text: string) => writeFiles(repo, { [path]: text }),
    git: (...args: string[]) => gitIn(repo, ...args),
    /** It can be asked no longer. */
    loseOrigin: () => renameSync(remote.dir, `${remote.dir}.away`),
    /** What the process that does the job is known by. */
    async job(): Promise<UpdateJob> {
      const answer = await fetch(`${machine.url}/api/services/comfy/update/status`);
      return (await answer.json()) as UpdateJob;
    },
    settings: () => machine.read("config/service-updates.toml"),
    async end() {
      await machine.end();
      removeFolders();
    },
  };
}
