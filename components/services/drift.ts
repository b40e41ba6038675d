import type { Service } from "@/lib/contract/services";
import type { ConfigDrift } from "@/lib/contract/supervisor";

export type Difference = {
  name: string;
  display: string;
  kind: "changed" | "added" | "removed";
  /** Which options changed, where that is known. */
  options: string[];
};

/** One entry for each program whose section in the file is not what supervisord has loaded. */
export function differencesOf(config: ConfigDrift, services: Service[]): Difference[] {
  return (["changed", "added", "removed"] as const).flatMap((kind) =>
    config[kind].map((name) => ({
      name,
      display: services.find((service) => service.name === name)?.display ?? name,
      kind,
      options: kind === "changed" ? (config.options[name] ?? []) : [],
    })),
  );
}

export function sentenceFor({ kind, options }: Difference) {
  if (kind === "added") return "Added to the file, and not loaded yet.";
  if (kind === "removed") return "Removed from the file, and still loaded.";
  if (options.length === 0) return "Changed in the file.";
  return `Changed in the file: ${options.join(", ")}.`;
}

export function effectOf({ kind }: Difference) {
  if (kind === "added") return "which starts it where autostart is on.";
  if (kind === "removed") return "which stops it.";
  return "which restarts it.";
}
