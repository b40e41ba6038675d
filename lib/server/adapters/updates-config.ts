import { lstat } from "node:fs/promises";
import type { UpdatePolicy } from "@/lib/contract/updates";
import { AppError } from "../errors";
import { checkTextEdit } from "./file-check";
import { faultCode } from "./file-faults";
import { editTextFile } from "./text-file";
import { editToml, type TomlEdit } from "./toml-edit";
import { parseToml, pickTable, pickValue, readToml, refuseToml, type Table } from "./toml-file";

export type UpdateEntry = { autoUpdate: boolean; target: string | null; skip: string | null };
export type UpdatesConfig = {
  enabled: boolean;
  restartAfterUpdate: boolean;
  services: Map<string, UpdateEntry>;
};
export type UpdateChange = {
  kind: "git" | "pip";
  policy?: UpdatePolicy;
  target?: string | null;
  skip?: string | null;
};
export type UpdatesConfigFile = ReturnType<typeof createUpdatesConfig>;

const NO_ENTRY: UpdateEntry = { autoUpdate: false, target: null, skip: null };
const ANY_TARGET = "0".repeat(40);
const TARGET_KEYS = { git: "target_ref", pip: "target_version" } as const;

const EXAMPLE = `# What the next start of the container does with each service. ControlPilot edits this file,
# and so may you: comments, order and other keys stay.
# auto_update with a target installs exactly that; without one, the newest.
enabled = false
restart_after_update = true

[services.invoke]
auto_update = false
target_version = ""

[services.comfy]
auto_update = false
target_ref = ""

[services.kohya]
auto_update = false
target_ref = ""

[services.diffpipe]
auto_update = false
target_ref = ""

[services.ai-toolkit]
auto_update = false
target_ref = ""
`;

/**
 * What the boot does with each service, in a file that people edit too. One that cannot be
 * understood is a `conflict` that names the place, and is never written.
 */
export function createUpdatesConfig(path: string) {
  return {
    /** Nothing is enabled where there is no file yet. */
    read: async (): Promise<UpdatesConfig> => understand(await readToml(path), path),

    /** Makes the file, with nothing enabled, where there is none, not even an empty one. Answers whether it did. */
    async create(): Promise<boolean> {
      if (await exists(path)) return false;
      await editTextFile(path, (text) => text || EXAMPLE, { create: true });
      return true;
    },

    /** Keeps comments, order and unknown keys; makes the file where there is none. */
    set: (name: string, change: UpdateChange): Promise<void> =>
      editTextFile(path, writing(name, change), { create: true }),

    /** Throws what `set` would if it pinned this service now. Changes nothing. */
    checkWritable: (name: string, kind: UpdateChange["kind"]): Promise<void> =>
      checkTextEdit(path, writing(name, { kind, policy: "pinned", target: ANY_TARGET })),
  };

  function writing(name: string, change: UpdateChange) {
    return (text: string) => writeEntry(text || EXAMPLE, { name, change }, path);
  }
}

export function policyOf({ autoUpdate, target }: UpdateEntry): UpdatePolicy {
  if (!autoUpdate) return "manual";
  return target === null ? "follow" : "pinned";
}

function understand(document: Table, path: string): UpdatesConfig {
  const services = pickTable(document, "services", path);
  const entries = Object.keys(services).map((name) => {
    const service = pickTable(services, name, path);
    return [name, readEntry(service, { of: ` of "${name}"`, path })] as const;
  });
  const place = { of: "", path };
  return {
    enabled: pickBoolean(document, "enabled", place) ?? false,
    restartAfterUpdate: pickBoolean(document, "restart_after_update", place) ?? true,
    services: new Map(entries),
  };
}

type Place = { of: string; path: string };

function readEntry(service: Table, place: Place): UpdateEntry {
  const ref = pickString(service, TARGET_KEYS.git, place);
  const version = pickString(service, TARGET_KEYS.pip, place);
  if (ref !== null && version !== null && ref !== version) {
    throw refuseToml(place.path, `target_ref and target_version${place.of} contradict each other`);
  }
  return {
    autoUpdate: pickBoolean(service, "auto_update", place) ?? false,
    target: ref ?? version,
    skip: pickString(service, "skip_version", place),
  };
}

function pickBoolean(table: Table, key: string, { of, path }: Place): boolean | null {
  const value = pickValue(table, key);
  if (value === null || typeof value === "boolean") return value;
  throw refuseToml(path, `${key}${of} is not true or false`);
}

/** An empty one counts as none. */
function pickString(table: Table, key: string, { of, path }: Place): string | null {
  const value = pickValue(table, key);
  if (value === null || typeof value === "string") return value || null;
  throw refuseToml(path, `${key}${of} is not a text in quotes`);
}

type Wish = { name: string; change: UpdateChange };

function writeEntry(text: string, { name, change }: Wish, path: string): string {
  const document = parseToml(text, path);
  const config = understand(document, path);
  const present = config.services.get(name) ?? NO_ENTRY;
  const wanted = changeEntry(present, { name, change });
  const edits: TomlEdit[] = [];
  const boots = change.policy === "pinned" || change.policy === "follow";
  if (boots && !config.enabled) edits.push({ table: [], key: "enabled", value: true });
  if (isSame(present, wanted)) return editToml(text, edits, path);
  const service = pickTable(pickTable(document, "services", path), name, path);
  return editToml(text, [...edits, ...editsOf(service, { wanted, name, kind: change.kind })], path);
}

function changeEntry(present: UpdateEntry, { name, change }: Wish): UpdateEntry {
  const { policy, target = present.target, skip = present.skip } = change;
  const wanted = { autoUpdate: present.autoUpdate, target: target || null, skip: skip || null };
  if (policy === undefined) return wanted;
  if (policy === "pinned" && wanted.target === null) {
    throw new AppError("conflict", `Name the version that ${name} is to be pinned to.`);
  }
  return {
    ...wanted,
    autoUpdate: policy !== "manual",
    target: policy === "follow" ? null : wanted.target,
  };
}

function isSame(left: UpdateEntry, right: UpdateEntry): boolean {
  return (
    left.autoUpdate === right.autoUpdate && left.target === right.target && left.skip === right.skip
  );
}

type Entry = { wanted: UpdateEntry; name: string; kind: "git" | "pip" };

function editsOf(service: Table, { wanted, name, kind }: Entry): TomlEdit[] {
  const table = ["services", name];
  const otherKey = TARGET_KEYS[kind === "git" ? "pip" : "git"];
  const edits: TomlEdit[] = [
    { table, key: "auto_update", value: wanted.autoUpdate },
    { table, key: TARGET_KEYS[kind], value: wanted.target ?? "" },
    { table, key: "skip_version", value: wanted.skip ?? undefined },
  ];
  if (pickValue(service, otherKey)) edits.push({ table, key: otherKey, value: "" });
  return edits;
}

/** A link to nothing is there too; what cannot be told is left alone. */
function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error) => faultCode(error) !== "ENOENT",
  );
}
