import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { readSocketPath } from "./adapters/supervisor-conf";

const FALLBACK_SOCKET = "/tmp/supervisor.sock";

/** An environment variable that is set to nothing counts as not set. */
function text(fallback: string) {
  return z.pipe(
    z.optional(z.string()),
    z.transform((value: string | undefined) => value || fallback),
  );
}

const flag = z.pipe(
  text(""),
  z.transform((value: string) => ["1", "true", "yes", "on"].includes(value.toLowerCase())),
);

const Env = z.object({
  WORKSPACE_ROOT: text("/workspace"),
  SUPERVISOR_CONFIG_PATH: text(""),
  SUPERVISOR_SOCKET: text(""),
  SERVICE_AUTOSTART_CONFIG_PATH: text(""),
  PILOT_REPOS_DIR: text("/opt/pilot/repos"),
  PILOT_VENVS_DIR: text("/opt/venvs"),
  CONTROLPILOT_ALLOWED_HOSTS: text(""),
  CONTROLPILOT_STAND_INS: flag,
});

export type Settings = ReturnType<typeof readEnv>;

/** The one place that reads the environment. Throws with every wrong variable named. */
export function readEnv(source: NodeJS.ProcessEnv = process.env) {
  const result = Env.safeParse(source);
  if (!result.success) throw new Error(`Bad environment:\n${z.prettifyError(result.error)}`);
  const env = result.data;
  const configPath = env.SUPERVISOR_CONFIG_PATH || findConfig();
  return {
    configPath,
    findSocket: env.SUPERVISOR_SOCKET ? () => env.SUPERVISOR_SOCKET : socketFinder(configPath),
    autostartChoicesPath:
      env.SERVICE_AUTOSTART_CONFIG_PATH ||
      join(env.WORKSPACE_ROOT, "config", "service-autostart.toml"),
    reposDir: env.PILOT_REPOS_DIR,
    venvsDir: env.PILOT_VENVS_DIR,
    searchPath: source.PATH ?? "",
    /** Programs whose app is absent run a small page in its place. */
    standIns: env.CONTROLPILOT_STAND_INS,
    allowedHosts: env.CONTROLPILOT_ALLOWED_HOSTS.split(/[\s,]+/).filter(Boolean),
    /** Programs that outlive the web server, bundled. */
    binDir: join(process.cwd(), "dist", "bin"),
    /** Where the port of a service may be set, by the variable's name. */
    portOf: (variable: string, fallback: number) => {
      const value = Number(source[variable]);
      return Number.isInteger(value) && value > 0 ? value : fallback;
    },
  };
}

/** The config may be mended, or name another socket, while ControlPilot runs; broken, it names none. */
function socketFinder(configPath: string): () => string {
  let lastKnown = FALLBACK_SOCKET;
  return () => {
    lastKnown = readSocketPath(configPath) ?? lastKnown;
    return lastKnown;
  };
}

function findConfig(): string {
  const inRepo = join(process.cwd(), "supervisor", "supervisord.conf");
  const places = ["/etc/supervisor/supervisord.conf", "/opt/pilot/supervisor/supervisord.conf"];
  return places.find((path) => existsSync(path)) ?? inRepo;
}
