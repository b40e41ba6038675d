import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readPackages, venvPython } from "./venv";

let venv: string;

beforeEach(async () => {
  venv = await mkdtemp(join(tmpdir(), "venv-"));
});

afterEach(() => rm(venv, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(venv, path)), { recursive: true });
  await writeFile(join(venv, path), text);
}

const site = "lib/python3.11/site-packages";
const about = (name: string, version: string) =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nVersion: 9 is no header here\n`;

async function versions(): Promise<Record<string, string>> {
  const found = [...(await readPackages(venv))];
  return Object.fromEntries(found.map(([name, { version }]) => [name, version]));
}

describe("readPackages", () => {
  test("reads names as an index writes them", async () => {
    await write(
      `${site}/Ruamel.Yaml_Clib-0.2.dist-info/METADATA`,
      about("Ruamel.Yaml_Clib", "0.2"),
    );
    await write(`${site}/Ruamel.Yaml_Clib-0.2.dist-info/INSTALLER`, "uv\n");
    const found = (await readPackages(venv)).get("ruamel-yaml-clib");
    expect(found).toMatchObject({ version: "0.2", installer: "uv", editable: null, origin: null });
    expect(found?.metadataDir).toContain("dist-info");
  });

  test("knows the older forms of metadata", async () => {
    await write(`${site}/folder.egg-info/PKG-INFO`, about("folder", "1.0"));
    await write(`${site}/single-2.0.egg-info`, about("single", "2.0"));
    expect(await versions()).toEqual({ folder: "1.0", single: "2.0" });
  });

  test("knows what is linked", async () => {
    const origin = { url: "file:///srv/my%20app", dir_info: { editable: true } };
    await write(`${site}/app-1.dist-info/METADATA`, about("app", "1"));
    await write(`${site}/app-1.dist-info/direct_url.json`, JSON.stringify(origin));
    await write("source/old.egg-info/PKG-INFO", about("old", "3"));
    await write(`${site}/old.egg-link`, `${join(venv, "source")}\n.`);
    const packages = await readPackages(venv);
    expect(packages.get("app")?.editable).toBe("/srv/my app");
    expect(packages.get("old")).toMatchObject({ version: "3", editable: join(venv, "source") });
  });

  test("passes over what is torn or half removed", async () => {
    await write(`${site}/~umpy-1.dist-info/METADATA`, about("numpy", "1"));
    await write(`${site}/empty-1.dist-info/METADATA`, "");
    await mkdir(join(venv, site, "bare-1.dist-info"));
    await write(`${site}/whole-1.dist-info/METADATA`, about("whole", "1"));
    await write(`${site}/whole-1.dist-info/direct_url.json`, "{");
    expect(await versions()).toEqual({ whole: "1" });
  });

  test("counts a lib64 that is a link once, and one that is a folder too", async () => {
    await write(`${site}/a-1.dist-info/METADATA`, about("a", "1"));
    await symlink("lib", join(venv, "lib64"));
    expect(await versions()).toEqual({ a: "1" });
    await rm(join(venv, "lib64"));
    await write("lib64/python3.11/site-packages/b-1.dist-info/METADATA", about("b", "1"));
    expect(await versions()).toEqual({ a: "1", b: "1" });
  });

  test("goes by the Python that the environment runs", async () => {
    await write(`${site}/a-1.dist-info/METADATA`, about("a", "1"));
    await write("lib/python3.12/site-packages/a-2.dist-info/METADATA", about("a", "2"));
    await write(
      "pyvenv.cfg",
      "home = /usr/bin\ninclude-system-site-packages = true\nversion = 3.12.1\n",
    );
    expect(await versions()).toEqual({ a: "2" });
  });

  test("finds nothing where there is nothing", async () => {
    expect(await versions()).toEqual({});
    expect((await readPackages(join(venv, "no", "such"))).size).toBe(0);
  });

  test("does not follow links to packages elsewhere", async () => {
    await write("elsewhere/far-1.dist-info/METADATA", about("far", "1"));
    await write(`${site}/far.pth`, `${join(venv, "elsewhere")}\n`);
    expect(await versions()).toEqual({});
  });
});

test("the environment's own Python", () => {
  expect(venvPython("/venvs/core")).toBe("/venvs/core/bin/python");
});
