import { describe, expect, test } from "vitest";
import { planBack } from "./pip-plan";
import type { InstalledPackage, Packages } from "./venv";

function installed(versions: Record<string, string | Partial<InstalledPackage>>): Packages {
  const packages: Packages = new Map();
  for (const [name, given] of Object.entries(versions)) {
    const about = typeof given === "string" ? { version: given } : given;
    const found = { name, version: "1", metadataDir: "", editable: null, origin: null };
    packages.set(name, { ...found, installer: "pip", ...about });
  }
  return packages;
}

describe("undoing the changes of a job", () => {
  test("touches what the job changed, and nothing that others did since", () => {
    const packages = installed({ diffusers: "0.35.1", added: "1.0", "of-a-user": "3" });
    const back = planBack(packages, [
      { name: "Diffusers", from: "0.34.0", to: "0.35.1" },
      { name: "added", from: null, to: "1.0" },
      { name: "removed", from: "2.0", to: null },
    ]);
    expect(back).toEqual({
      install: [
        { name: "diffusers", version: "0.34.0", url: null },
        { name: "removed", version: "2.0", url: null },
      ],
      remove: ["added"],
      changes: [
        { name: "added", from: "1.0", to: null },
        { name: "diffusers", from: "0.35.1", to: "0.34.0" },
        { name: "removed", from: null, to: "2.0" },
      ],
      editable: [],
      options: [],
    });
  });

  test("leaves alone what is back already", () => {
    const back = planBack(installed({ diffusers: "0.34.0" }), [
      { name: "diffusers", from: "0.34.0", to: "0.35.1" },
      { name: "added", from: null, to: "1.0" },
      { name: "same", from: "1.0", to: "1.0" },
    ]);
    expect(back.changes).toEqual([]);
  });

  test("names everything that was changed again since", () => {
    const packages = installed({
      diffusers: "0.36",
      again: "2.0",
      linked: { version: "1.0", editable: "/home/me/linked", origin: "file:///home/me/linked" },
    });
    const changes = [
      { name: "diffusers", from: "0.34.0", to: "0.35.1" },
      { name: "gone", from: "1.0", to: "1.1" },
      { name: "again", from: "1.0", to: null },
      { name: "linked", from: null, to: "1.0" },
    ];
    const sentences = [
      "diffusers was changed again since: it is at 0.36, not 0.35.1.",
      "gone was removed since: it was at 1.1.",
      "again was installed again since: it is at 2.0.",
      "linked was changed again since: it is linked to /home/me/linked, not 1.0 of a package index.",
    ];
    expect(() => planBack(packages, changes)).toThrow(sentences.join(" "));
  });

  test("never replaces the installed torch", () => {
    const packages = installed({ torch: "2.7.0+cu128", "nvidia-cudnn-cu12": "9.5", numpy: "2.0" });
    const cudnn = { name: "nvidia-cudnn-cu12", from: "9.1", to: "9.5" };
    expect(() => planBack(packages, [cudnn])).toThrow(/nvidia-cudnn-cu12.*never replaced/);
    expect(() => planBack(packages, [{ name: "torch", from: null, to: "2.7.0+cu128" }])).toThrow(
      "never replaced",
    );
    const numpy = { name: "numpy", from: "1.26", to: "2.0" };
    const kept = { name: "torch", from: "2.7.0+cu128", to: "2.8.0" };
    expect(planBack(packages, [numpy, kept]).install.map(({ name }) => name)).toEqual(["numpy"]);
  });

  test("is refused where no package index has what was there", () => {
    const packages = installed({
      mine: "2.0",
      cloned: { version: "2.0", origin: "git+https://x" },
    });
    const changes = [
      { name: "mine", from: "1.0+mine", to: "2.0" },
      { name: "cloned", from: "1.0", to: "2.0" },
    ];
    expect(() => planBack(packages, changes)).toThrow("mine 1.0+mine, cloned 1.0");
    const removal = [{ name: "cloned", from: null, to: "2.0" }];
    expect(planBack(packages, removal).remove).toEqual(["cloned"]);
  });
});
