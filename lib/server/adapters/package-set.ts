import type { PackageChange } from "@/lib/contract/updates";
import { normalizeName } from "./venv";

type Versions = ReadonlyMap<string, { version: string }>;

/** What is built for one CUDA and one torch. */
const TORCH_FAMILY = new Set([
  "torch",
  "torchvision",
  "torchaudio",
  "xformers",
  "triton",
  "flash-attn",
]);
const TORCH_FAMILY_PREFIX = /^(nvidia|pytorch-triton)-/;

export function isTorchFamily(name: string): boolean {
  return TORCH_FAMILY.has(name) || TORCH_FAMILY_PREFIX.test(name);
}

/** Constraints that keep the installed torch, and what is built for it, exactly as they are. */
export function pinTorch(packages: Versions): string[] {
  if (!packages.has("torch")) return [];
  return [...packages]
    .filter(([name]) => isTorchFamily(name))
    .map(([name, { version }]) => `${name}==${version}`);
}

/** The constraints of `text` without those on the named packages, whose own take their place. */
export function mergeConstraints(
  text: string,
  pins: readonly string[],
  free: readonly string[],
): string {
  const names = new Set([...pins.flatMap((pin) => nameOf(pin) ?? []), ...free]);
  const kept = text.split(/\r?\n/).filter((line) => !names.has(nameOf(line) ?? ""));
  return `${[...kept, ...pins].join("\n")}\n`;
}

/** "torch" of "Torch[x]>=2 ; python_version > '3'"; null of an option or a comment. */
function nameOf(line: string): string | null {
  const name = line.match(/^\s*([A-Za-z0-9][\w.-]*)/)?.[1];
  return name ? normalizeName(name) : null;
}

export function listChanges(
  before: Versions,
  { install, remove }: { install: readonly Target[]; remove: readonly string[] },
): PackageChange[] {
  const changes = [
    ...install.map(({ name, version }) => ({ name, to: version })),
    ...remove.map((name) => ({ name, to: null })),
  ];
  return changes
    .map(({ name, to }) => ({ name, from: before.get(name)?.version ?? null, to }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

type Target = { name: string; version: string };
