import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export type PythonReading =
  | { error_line: number }
  | { sections: [string, [string, string][]][]; defaults: [string, string][] };

export type PythonLoaded =
  | { error: string }
  | { programs: Record<string, boolean>; logfile: string; socket: string | null };

type Answer = {
  configs: PythonReading[];
  booleans: (boolean | null)[];
  loaded: PythonLoaded[];
};

/** What supervisor makes of config texts, of words as booleans, and of config files as it starts. */
export function askSupervisor({
  configs = [],
  words = [],
  paths = [],
}: {
  configs?: string[];
  words?: string[];
  paths?: string[];
}): Answer {
  const script = fileURLToPath(new URL("parse_conf.py", import.meta.url));
  const encoded = configs.map((config) => Buffer.from(config).toString("base64"));
  const { status, stdout, stderr } = spawnSync(findPython(), [script], {
    input: JSON.stringify({ configs: encoded, words, paths }),
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`parse_conf.py failed:\n${stderr}`);
  return JSON.parse(stdout);
}

function findPython(): string {
  const found = ["/usr/bin/python3", "python3", "/usr/local/bin/python3"].find(
    (python) => spawnSync(python, ["-c", "import supervisor.options"]).status === 0,
  );
  if (found) return found;
  throw new Error(
    "These tests compare with supervisor's own parser: install it for python3 (apt install supervisor, or pip install supervisor).",
  );
}
