import { access } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Settings } from "./env";

/** The constraints that the image built an environment with; null where it kept none. */
export async function constraintsFor(
  { updates }: Pick<Settings, "updates">,
  venvDir: string | null,
): Promise<string | null> {
  if (venvDir === null) return null;
  const path = join(updates.constraintsDir, `${basename(venvDir)}-constraints.txt`);
  return access(path).then(
    () => path,
    () => null,
  );
}
