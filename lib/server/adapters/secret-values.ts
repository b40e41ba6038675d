import { readFile } from "node:fs/promises";
import { assignmentsIn } from "./secrets-script";

const SECRET_NAME =
  /TOKEN|SECRET|PASS$|PASS(?:WORD|WD|PHRASE)|CREDENTIAL|(?:API|ACCESS|PRIVATE)_?KEY|AUTH(?!OR)/i;
/** A shorter one would hide words that only look like it. */
const SHORTEST = 6;

/**
 * The values that must not leave this machine, wherever they stand: those of the environment that are
 * named as secrets, and all of secrets.env as far as it can be read.
 */
export async function readSecretValues(
  secretsPath: string,
  env: NodeJS.Dict<string> = process.env,
): Promise<string[]> {
  const named = Object.entries(env).filter(([name]) => SECRET_NAME.test(name));
  const kept = assignmentsIn(await readFile(secretsPath, "utf8").catch(() => ""));
  const values = [...named, ...kept].map(([, value]) => value ?? "");
  return [...new Set(values)].filter((value) => value.length >= SHORTEST);
}
