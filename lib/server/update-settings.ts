import type { UpdateSettings, UpdateSettingsAnswer } from "@/lib/contract/updates";
import type { UpdatesConfigFile } from "./adapters/updates-config";
import { AppError } from "./errors";
import { exactOf, type Installed } from "./installed";
import { choiceOf } from "./update-choice";
import { findOwnSource, type OwnSource } from "./update-sources";
import { isExactVersion } from "./version-order";

/** What the next boot does with a service's version, and which version is not offered. */
export function createUpdateSettings(deps: {
  config: UpdatesConfigFile;
  readInstalled: (source: OwnSource) => Promise<Installed | null>;
}) {
  /** Pinned without a target: to the one there is, else to what is installed. */
  async function findTarget(name: string, source: OwnSource, { policy, target }: UpdateSettings) {
    if (target !== undefined || policy !== "pinned") return target;
    const known = (await deps.config.read()).services.get(name)?.target;
    if (known) return known;
    const installed = await deps.readInstalled(source);
    return installed ? exactOf(installed) : undefined;
  }

  return {
    /** Throws `not_found` for an unknown service, `conflict` for one of the image or a bad file. */
    async set(name: string, settings: UpdateSettings): Promise<UpdateSettingsAnswer> {
      const { source, display } = findOwnSource(name);
      const { kind } = source;
      refuseBad(settings, { display, kind });
      const target = await findTarget(name, source, settings);
      const { policy, skip } = settings;
      await deps.config.set(name, {
        kind,
        ...(policy !== undefined && { policy }),
        ...(target !== undefined && { target }),
        ...(skip !== undefined && { skip }),
      });
      const config = await deps.config.read();
      const choice = choiceOf(config, name);
      const entry = config.services.get(name);
      return {
        status: "ok",
        name,
        policy: choice.policy,
        target: entry?.target ?? null,
        skip: choice.skip,
      };
    },
  };
}

function refuseBad(
  { policy, target, skip }: UpdateSettings,
  { display, kind }: { display: string; kind: "git" | "pip" },
): void {
  if (policy === "pinned" && target === null)
    throw new AppError("invalid", `Name the version that ${display} is to be pinned to.`);
  if (policy === "follow" && target)
    throw new AppError("invalid", `Following the newest has no target: leave out "${target}".`);
  for (const version of [target, skip]) {
    if (kind === "pip" && version && !isExactVersion(version))
      throw new AppError("invalid", `"${version}" is not one exact version, as in 6.10.0.`);
  }
}
