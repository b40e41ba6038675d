import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError } from "../errors";
import { listChanges, mergeConstraints, pinTorch } from "./package-set";
import type { PipCommand } from "./pip-command";
import type { Install, Resolution } from "./pip-plan";
import { type ReportedInstall, readReport } from "./pip-report";
import { readConstraints, readIndexOptions } from "./pip-requirements";
import { withTempFolder } from "./temp-folder";
import { normalizeName, type Packages, readPackages } from "./venv";

/** Requirement files, as paths in `cwd`, or one exact "name==version". */
export type Wanted = { requirements: string[]; cwd: string } | { spec: string };

/** What pip would install for what is wanted, found out without changing anything. */
export async function resolveWanted(
  { pip }: Pick<PipCommand, "pip">,
  venvDir: string,
  wanted: Wanted,
  constraints: string | null,
): Promise<Resolution> {
  const packages = await readPackages(venvDir);
  const pins = pinTorch(packages);
  const report = await withTempFolder(async (dir) => {
    const [pinFile, file] = [join(dir, "constraints.txt"), join(dir, "report.json")];
    const lines = await readConstraints(constraints);
    await writeFile(pinFile, mergeConstraints(lines.join("\n"), pins, []));
    const args = ["install", "--dry-run", "--report", file, "-c", pinFile, ...wishes(wanted)];
    const cwd = "cwd" in wanted ? { cwd: wanted.cwd } : {};
    // What a pip that is ended in the middle has unpacked goes with the folder.
    await pip(venvDir, args, { ...cwd, env: { TMPDIR: dir }, context: { pins } });
    return readReport(await readFile(file, "utf8"));
  });
  const cwd = "cwd" in wanted ? wanted.cwd : null;
  const editable = report
    .filter(({ isEditable }) => isEditable)
    .map((found) => linkOf(found, packages, cwd));
  const install = report.filter(({ isEditable }) => !isEditable).map(toInstall);
  const options = "spec" in wanted ? [] : await readIndexOptions(wanted.cwd, wanted.requirements);
  return {
    install,
    remove: [],
    changes: listChanges(packages, { install, remove: [] }),
    editable,
    options,
  };
}

function wishes(wanted: Wanted): string[] {
  return "spec" in wanted ? [wanted.spec] : wanted.requirements.flatMap((file) => ["-r", file]);
}

function toInstall({ name, version, url }: ReportedInstall): Install {
  return { name: normalizeName(name), version, url };
}

/** The link that is there already, to the same folder of the checkout that runs. */
function linkOf({ name, url }: ReportedInstall, packages: Packages, cwd: string | null) {
  const path = packages.get(normalizeName(name))?.editable ?? null;
  const wanted = url?.startsWith("file:") ? relative(cwd ?? "/", fileURLToPath(url)) : null;
  if (
    path !== null &&
    wanted !== null &&
    (path === wanted || wanted === "" || path.endsWith(`/${wanted}`))
  )
    return { name: normalizeName(name), path };
  throw new AppError(
    "conflict",
    `${name} is to be linked from ${wanted ?? url}, which this environment does not do yet. Run pip install -e there by hand first.`,
  );
}
