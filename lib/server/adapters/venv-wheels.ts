import { readdir, realpath } from "node:fs/promises";
import { join, relative } from "node:path";
import { AppError } from "../errors";
import { explainResult } from "./command";
import { faultCode } from "./file-faults";
import type { PipCommand } from "./pip-command";
import { isInside } from "./venv-record";

/** Where each file of a wheel goes, and the commands that its entry points become. */
const LIST_WHEELS = `
import configparser, json, os, sys, sysconfig, zipfile
paths = sysconfig.get_paths()
version = sysconfig.get_python_version()
written = []
for wheel in sys.argv[1:]:
    name = os.path.basename(wheel).split("-")[0]
    headers = os.path.join(sys.prefix, "include", "site", "python" + version, name)
    with zipfile.ZipFile(wheel) as archive:
        files = [file for file in archive.namelist() if not file.endswith("/")]
        for file in files:
            parts = file.split("/")
            if parts[0].endswith(".data") and len(parts) > 2:
                base = headers if parts[1] == "headers" else paths.get(parts[1], paths["purelib"])
                written.append(os.path.join(base, *parts[2:]))
            else:
                written.append(os.path.join(paths["purelib"], *parts))
                written.append(os.path.join(paths["platlib"], *parts))
            if parts[0].endswith(".dist-info"):
                for own in ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json"):
                    written.append(os.path.join(paths["purelib"], parts[0], own))
                    written.append(os.path.join(paths["platlib"], parts[0], own))
            if len(parts) == 2 and file.endswith(".dist-info/entry_points.txt"):
                entries = configparser.ConfigParser(delimiters=("=",), strict=False)
                entries.optionxform = str
                entries.read_string(archive.read(file).decode("utf-8"))
                for group in ("console_scripts", "gui_scripts"):
                    if entries.has_section(group):
                        written += [os.path.join(paths["scripts"], script) for script in entries[group]]
    if name == "pip":
        written += [os.path.join(paths["scripts"], "pip" + end) for end in ("", version[0], version)]
json.dump(sorted(set(written)), sys.stdout)
`;

/** Paths in `root` (the environment, as a real path) that installing the wheels of the folder writes. */
export async function listWheelWrites(
  { python }: Pick<PipCommand, "python">,
  { root, wheelDir }: { root: string; wheelDir: string },
): Promise<string[]> {
  const wheels = await listWheels(wheelDir);
  if (wheels.length === 0) return [];
  const result = await python(root, ["-c", LIST_WHEELS, ...wheels], { quiet: true });
  if (!result.ok) {
    const why = explainResult({ ...result, command: "python zipfile" });
    throw new AppError("conflict", `The fetched packages cannot be read: ${why}`);
  }
  const written: string[] = JSON.parse(result.stdout);
  const folders = new Map<string, string>();
  const paths = await Promise.all(written.map((path) => inRoot(root, path, folders)));
  return [...new Set(paths)].filter(isInside);
}

/** With "lib64" as what it links to. */
async function inRoot(root: string, path: string, links: Map<string, string>): Promise<string> {
  const inside = relative(root, path);
  const [top = "", ...rest] = inside.split("/");
  const real = links.get(top) ?? (await realpath(join(root, top)).catch(() => join(root, top)));
  links.set(top, real);
  return join(relative(root, real), ...rest);
}

async function listWheels(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir))
      .filter((name) => name.endsWith(".whl"))
      .map((name) => join(dir, name));
  } catch (error) {
    if (faultCode(error) === "ENOENT") return [];
    throw error;
  }
}
