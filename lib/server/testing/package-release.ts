import { type Files, tarGz, zip } from "./package-files";

export type ReleaseOptions = {
  /** As in a requirement file: "numpy>=2". */
  requires?: string[];
  /** What it brings besides a module of its name, by path in site-packages; text or bytes. */
  files?: Files;
  /** Commands and what they call: { demo: "demo:main" }. */
  scripts?: Record<string, string>;
  requiresPython?: string;
  yanked?: boolean;
  /** Comes as source only. */
  sdist?: boolean;
  /** Comes as source only, and its build fails. */
  broken?: boolean;
};

/** The file of a release: a wheel, or a source archive that needs nothing to be built. */
export function buildRelease(
  name: string,
  version: string,
  options: ReleaseOptions = {},
): { filename: string; content: Buffer } {
  if (options.broken || options.sdist) return buildSdist(name, version, options);
  const filename = wheelName(name, version);
  return { filename, content: zip(wheelFiles(name, version, options)) };
}

function wheelName(name: string, version: string): string {
  return `${moduleOf(name)}-${version}-py3-none-any.whl`;
}

/** A source folder with a build backend of its own, as files of a checkout. */
export function sourceFiles(name: string, version: string, options: ReleaseOptions = {}): Files {
  const wheel = wheelFiles(name, version, options);
  const info = `${moduleOf(name)}-${version}.dist-info`;
  return {
    "pyproject.toml": `[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n`,
    "PKG-INFO": String(wheel[`${info}/METADATA`]),
    "backend.py": backend({ name, version, options, info }),
    ...Object.fromEntries(Object.entries(wheel).filter(([path]) => !path.startsWith(info))),
  };
}

function buildSdist(name: string, version: string, options: ReleaseOptions) {
  const folder = `${moduleOf(name)}-${version}`;
  const files = Object.entries(sourceFiles(name, version, options));
  const content = tarGz(
    Object.fromEntries(files.map(([path, text]) => [`${folder}/${path}`, text])),
  );
  return { filename: `${folder}.tar.gz`, content };
}

function backend(release: {
  name: string;
  version: string;
  options: ReleaseOptions;
  info: string;
}): string {
  const { name, version, options, info } = release;
  const wheel = Object.entries(wheelFiles(name, version, options));
  const texts = Object.fromEntries(wheel.map(([path, content]) => [path, String(content)]));
  const linked = Object.fromEntries(
    Object.entries(texts).filter(([path]) => path.startsWith(info)),
  );
  return `import json, os, zipfile
FILES = json.loads(${JSON.stringify(JSON.stringify(texts))})
LINKED = json.loads(${JSON.stringify(JSON.stringify(linked))})

def prepare_metadata_for_build_wheel(folder, config_settings=None):
    os.makedirs(os.path.join(folder, "${info}"))
    for path, text in LINKED.items():
        open(os.path.join(folder, path), "w").write(text)
    return "${info}"

prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel

def _write(folder, files):
    with zipfile.ZipFile(os.path.join(folder, "${wheelName(name, version)}"), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return "${wheelName(name, version)}"

def build_wheel(folder, config_settings=None, metadata_directory=None):
    ${options.broken ? 'raise RuntimeError("there is no compiler")' : "return _write(folder, FILES)"}

def build_editable(folder, config_settings=None, metadata_directory=None):
    return _write(folder, {**LINKED, "__editable__${moduleOf(name)}.pth": os.getcwd()})
`;
}

function wheelFiles(name: string, version: string, options: ReleaseOptions): Files {
  const module = moduleOf(name);
  const info = `${module}-${version}.dist-info`;
  const scripts = Object.entries(options.scripts ?? {}).map(
    ([script, entry]) => `${script} = ${entry}\n`,
  );
  const files: Files = {
    [`${module}/__init__.py`]: `__version__ = "${version}"\n`,
    ...options.files,
    [`${info}/METADATA`]: metadata(name, version, options),
    [`${info}/WHEEL`]:
      "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    ...(scripts.length > 0 && {
      [`${info}/entry_points.txt`]: `[console_scripts]\n${scripts.join("")}`,
    }),
  };
  const record = [...Object.keys(files), `${info}/RECORD`].map((path) => `${path},,\n`);
  return { ...files, [`${info}/RECORD`]: record.join("") };
}

function metadata(
  name: string,
  version: string,
  { requires = [], requiresPython }: ReleaseOptions,
) {
  const lines = [
    "Metadata-Version: 2.1",
    `Name: ${name}`,
    `Version: ${version}`,
    ...(requiresPython ? [`Requires-Python: ${requiresPython}`] : []),
    ...requires.map((requirement) => `Requires-Dist: ${requirement}`),
  ];
  return `${lines.join("\n")}\n`;
}

function moduleOf(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "_");
}
