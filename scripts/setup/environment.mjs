import { delimiter, dirname, sep } from "node:path";

/**
 * The environment of what is started here: the user's own, without what npm adds to it for this one script.
 * @param {{ host: string, port: number, workspace: string }} options
 * @returns {NodeJS.ProcessEnv}
 */
export function serviceEnv({ host, port, workspace }) {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$)/.test(name));
  const path = searchPath();
  return {
    ...Object.fromEntries(own),
    PATH: path,
    PILOT_PATH: path,
    WORKSPACE_ROOT: workspace,
    PORTAL_HOST: host,
    PORTAL_PORT: String(port),
    NEXT_TELEMETRY_DISABLED: "1",
  };
}

/** This Node first: the one that was checked. npm's own additions last nowhere else. */
function searchPath() {
  const dirs = (process.env.PATH ?? "").split(delimiter);
  const own = dirs.filter(
    (dir) => !/node_modules|node-gyp-bin/.test(dir.split(sep).slice(-3).join(sep)),
  );
  return [dirname(process.execPath), ...own].join(delimiter);
}
