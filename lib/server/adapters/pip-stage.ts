import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AppError } from "../errors";
import { explainFault } from "./file-faults";
import type { PipCommand } from "./pip-command";
import type { Install, Resolution } from "./pip-plan";
import { normalizeName, readPackages } from "./venv";

export function wheelFolder(stageDir: string): string {
  return join(stageDir, "wheels");
}

/** What a killed pip leaves in its temporary folder goes with the job's. */
async function temporary(stageDir: string): Promise<{ TMPDIR: string }> {
  const dir = join(stageDir, "tmp");
  await mkdir(dir, { recursive: true });
  return { TMPDIR: dir };
}

/** Gets or builds the wheel of everything that is to be installed. Answers their size in bytes. */
export async function stageWheels(
  { pip, progressOptions }: Pick<PipCommand, "pip" | "progressOptions">,
  venvDir: string,
  { resolution, stageDir }: { resolution: Resolution; stageDir: string },
): Promise<{ bytes: number }> {
  const folder = wheelFolder(stageDir);
  const list = join(stageDir, "requirements.txt");
  await makeFolder(folder, list, resolution);
  if (resolution.install.length === 0) return { bytes: 0 };
  const progress = await progressOptions(venvDir);
  await pip(venvDir, ["wheel", "--no-deps", ...progress, "--wheel-dir", folder, "-r", list], {
    cwd: stageDir,
    env: await temporary(stageDir),
  });
  const wheels = await readdir(folder);
  const lost = resolution.install.filter(
    (wanted) => !wheels.some((file) => isWheelOf(file, wanted)),
  );
  if (lost.length > 0) {
    const names = lost.map(({ name, version }) => `${name} ${version}`).join(", ");
    throw new AppError(
      "conflict",
      `pip got other versions than those it had found: ${names} did not come.`,
    );
  }
  const sizes = await Promise.all(
    wheels.map(async (file) => (await stat(join(folder, file))).size),
  );
  return { bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function makeFolder(folder: string, list: string, { install, options }: Resolution) {
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(list, `${[...options, ...install.map(toRequirement)].join("\n")}\n`);
  } catch (error) {
    throw explainFault(error, folder);
  }
}

function toRequirement({ name, version, url }: Install): string {
  return url === null ? `${name}==${version}` : `${name} @ ${url}`;
}

/** A wheel's name begins with name and version, with "_" for whatever "-" would stand for. */
function isWheelOf(file: string, { name, version }: Install): boolean {
  const [ownName = "", ownVersion = ""] = file.split("-");
  const plain = (text: string) => text.replaceAll("_", "-").toLowerCase();
  return normalizeName(ownName) === normalizeName(name) && plain(ownVersion) === plain(version);
}

/** Removes and installs, without a network: from the staged wheels alone. Throws where the result is not what was wanted. */
export async function installWheels(
  { pip }: Pick<PipCommand, "pip">,
  venvDir: string,
  { resolution, stageDir }: { resolution: Resolution; stageDir: string },
): Promise<void> {
  const { install, remove } = resolution;
  const scratch = await temporary(stageDir);
  if (remove.length > 0) await pip(venvDir, ["uninstall", "--yes", ...remove], { env: scratch });
  if (install.length > 0) {
    // In the environment it takes the place of the folders and addresses that the user's configuration has.
    const env = { ...scratch, PIP_FIND_LINKS: pathToFileURL(wheelFolder(stageDir)).href };
    const specs = install.map(({ name, version }) => `${name}==${version}`);
    const options = [
      "--no-index",
      "--no-deps",
      "--force-reinstall",
      "--pre",
      "--no-warn-script-location",
    ];
    await pip(venvDir, ["install", ...options, ...specs], { env });
  }
  await verify(venvDir, resolution);
}

async function verify(venvDir: string, { install, remove }: Resolution): Promise<void> {
  const packages = await readPackages(venvDir);
  const wrong = [
    ...install.filter(
      ({ name, version }) => packages.get(normalizeName(name))?.version !== version,
    ),
    ...remove.filter((name) => packages.has(name)).map((name) => ({ name })),
  ];
  if (wrong.length === 0) return;
  const names = wrong.map(({ name }) => name).join(", ");
  throw new AppError("conflict", `pip said it was done, but these are not as wanted: ${names}.`);
}
