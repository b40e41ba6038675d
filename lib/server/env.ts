import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { OWN_SECRETS } from "./adapters/own-secrets";
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

const flagUnlessOff = z.pipe(
  text(""),
  z.transform((value: string) => !["0", "false", "no", "off"].includes(value.toLowerCase())),
);

function seconds(fallback: number) {
  return z.pipe(
    z.optional(z.string()),
    z.transform((value: string | undefined) => {
      const number = Number(value || fallback);
      return (Number.isFinite(number) && number > 0 ? number : fallback) * 1000;
    }),
  );
}

const Env = z.object({
  WORKSPACE_ROOT: text("/workspace"),
  SUPERVISOR_CONFIG_PATH: text(""),
  SUPERVISOR_SOCKET: text(""),
  SERVICE_AUTOSTART_CONFIG_PATH: text(""),
  SERVICE_UPDATES_CONFIG_PATH: text(""),
  SERVICE_UPDATES_ROLLBACK_LOG_PATH: text(""),
  SERVICE_UPDATE_COMMAND_TIMEOUT_SECONDS: seconds(1200),
  SERVICE_UPDATES_BOOT_RECONCILE: flagUnlessOff,
  SERVICE_UPDATES_BOOT_SILENCE_SECONDS: seconds(45),
  SERVICE_UPDATE_HEALTH_SECONDS: seconds(30),
  SERVICE_UPDATE_HEALTH_DEADLINE_SECONDS: seconds(600),
  PILOT_CONSTRAINTS_DIR: text("/opt/pilot/config"),
  INVOKEAI_ROOT: text(""),
  PILOT_REPOS_DIR: text("/opt/pilot/repos"),
  PILOT_VENVS_DIR: text("/opt/venvs"),
  PILOT_RUN_DIR: text("/run/pilot"),
  CONTROLPILOT_ALLOWED_HOSTS: text(""),
  CONTROLPILOT_PASSWORD: text(""),
  CONTROLPILOT_TRUST_PROXY: flag,
  HOSTNAME: text("0.0.0.0"),
  CONTROLPILOT_STAND_INS: flag,
});

export type Settings = ReturnType<typeof readEnv>;

/** The one place that reads the environment. Throws with every wrong variable named. */
export function readEnv(source: NodeJS.ProcessEnv = process.env) {
  const result = Env.safeParse(source);
  if (!result.success) throw new Error(`Bad environment:\n${z.prettifyError(result.error)}`);
  const env = result.data;
  const configPath = env.SUPERVISOR_CONFIG_PATH || findConfig();
  const inWorkspace = (...path: string[]) => join(env.WORKSPACE_ROOT, ...path);
  const updatesConfigPath =
    env.SERVICE_UPDATES_CONFIG_PATH || inWorkspace("config", "service-updates.toml");
  return {
    configPath,
    findSocket: env.SUPERVISOR_SOCKET ? () => env.SUPERVISOR_SOCKET : socketFinder(configPath),
    autostartChoicesPath:
      env.SERVICE_AUTOSTART_CONFIG_PATH || inWorkspace("config", "service-autostart.toml"),
    workspaceRoot: env.WORKSPACE_ROOT,
    /** What belongs to this boot alone. */
    runDir: env.PILOT_RUN_DIR,
    updates: {
      configPath: updatesConfigPath,
      auditPath:
        env.SERVICE_UPDATES_ROLLBACK_LOG_PATH ||
        inWorkspace("config", "service-updates-rollback.jsonl"),
      /** Jobs with their output and their snapshots. */
      jobsDir: join(dirname(updatesConfigPath), "service-updates"),
      /** Whether the start of the container re-applies the versions that were chosen. */
      bootReconcile: env.SERVICE_UPDATES_BOOT_RECONCILE,
      /** For how long a dead network may hold up the start of a service. */
      bootSilenceMs: env.SERVICE_UPDATES_BOOT_SILENCE_SECONDS,
      commandTimeoutMs: env.SERVICE_UPDATE_COMMAND_TIMEOUT_SECONDS,
      health: {
        windowMs: env.SERVICE_UPDATE_HEALTH_SECONDS,
        deadlineMs: env.SERVICE_UPDATE_HEALTH_DEADLINE_SECONDS,
      },
      /** Where the image keeps `<environment>-constraints.txt`. */
      constraintsDir: env.PILOT_CONSTRAINTS_DIR,
      invokeDatabase: join(
        env.INVOKEAI_ROOT || inWorkspace("invokeai"),
        "databases",
        "invokeai.db",
      ),
    },
    reposDir: env.PILOT_REPOS_DIR,
    venvsDir: env.PILOT_VENVS_DIR,
    searchPath: source.PATH ?? "",
    /** What is hidden wherever it stands. */
    ownSecrets: OWN_SECRETS.flatMap((name) => source[name] ?? []),
    secretsPath: inWorkspace("config", "secrets.env"),
    /** Programs whose app is absent run a small page in its place. */
    standIns: env.CONTROLPILOT_STAND_INS,
    access: {
      filePath: inWorkspace("config", "controlpilot", "access.json"),
      secretsPath: inWorkspace("config", "secrets.env"),
      /** Empty where it does not come from here. */
      password: env.CONTROLPILOT_PASSWORD,
      /** Next listens on HOSTNAME. */
      isReachable: !/^(?:127\.[\d.]+|localhost|::1)$/i.test(env.HOSTNAME),
    },
    /** What `X-Forwarded-*` says counts. */
    trustProxy: env.CONTROLPILOT_TRUST_PROXY,
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
