import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { AppError } from "../errors";
import { orNull } from "./file-presence";
import { watchFile } from "./file-watch";

/** `timeout` gives the script five seconds, and one more to be gone. */
const LATEST_MS = 7000;

/** Tells the variable however the script ends, and where it is stopped in the middle that it was. */
const SCRIPT = `
  file=$1 name=$2
  unset "$name"
  exec {out}>&1 >/dev/null 2>&1 </dev/null
  trap 'printf "%s\\0" "\${!name-}" >&"$out"' EXIT
  trap 'trap - EXIT; exit 1' TERM
  . "$file"
`;

export type SecretsEnv = ReturnType<typeof createSecretsEnv>;

/** config/secrets.env: a bash script that people edit. Only running it tells what it sets. */
export function createSecretsEnv(path: string) {
  return {
    watch: (onChange: () => void): (() => void) => watchFile(path, onChange),

    /**
     * What the script leads to; null where it sets nothing or there is none. Throws `conflict` where
     * that cannot be told, and the script may be about this variable.
     */
    async read(name: string): Promise<string | null> {
      const script = await orNull(readFile(path, "latin1"), path);
      if (script === null) return null;
      const value = await valueAfter(path, name);
      if (value === null && script.includes(name)) {
        throw new AppError("conflict", `${path} does not come to its end in 5 s.`);
      }
      return value || null;
    },
  };
}

/** Null where the script was stopped. A process that it leaves behind may hold the pipe open for ever. */
function valueAfter(path: string, name: string): Promise<string | null> {
  const args = ["-k", "1", "5", "bash", "-pc", SCRIPT, "bash", path, name];
  const bash = spawn("timeout", args, { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  return new Promise((resolve, reject) => {
    function settle(value: string | null): void {
      clearTimeout(timer);
      bash.stdout.destroy();
      resolve(value);
    }
    const timer = setTimeout(settle, LATEST_MS, null);
    bash.on("error", reject);
    bash.on("close", () => settle(null));
    bash.stdout.setEncoding("utf8").on("data", (part: string) => {
      said += part;
      const end = said.indexOf("\0");
      if (end >= 0) settle(said.slice(0, end).replace(/\r$/, ""));
    });
  });
}
