import { readFile } from "node:fs/promises";

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
  const kept = valuesIn(await readFile(secretsPath, "utf8").catch(() => ""));
  const values = [...named.map(([, value]) => value ?? ""), ...kept];
  return [...new Set(values)].filter((value) => value.length >= SHORTEST);
}

/** Of a script of `export NAME='value'` lines. */
function valuesIn(script: string): string[] {
  const lines = script.matchAll(/^[ \t]*(?:export[ \t]+)?\w+=(.*)$/gm);
  return [...lines].map(([, value = ""]) => unquote(value.trim()));
}

function unquote(value: string): string {
  const [, quote, inner = ""] = /^(['"])(.*)\1$/.exec(value) ?? [];
  if (quote === "'") return inner.replaceAll(`'\\''`, "'");
  return quote === '"' ? inner.replaceAll(/\\(["\\$`])/g, "$1") : value;
}
