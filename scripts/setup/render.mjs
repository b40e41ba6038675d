/**
 * Where things lie on this machine. `inetPort` null leaves the HTTP listener out.
 * @typedef {object} Places
 * @property {string} workspace
 * @property {string} scripts
 * @property {string} ownServices the folder of the configs to include
 * @property {string} socket
 * @property {string} pidfile
 * @property {number | null} inetPort
 * @property {boolean} isRoot
 */

/**
 * The supervisor config of the image, made to fit this machine. The paths must need no quoting: see `plainPath`.
 * @param {string} conf @param {Places} places
 */
export function renderConf(conf, places) {
  const header = `; Made by "npm start" from supervisor/supervisord.conf, anew at every start: change that file instead.\n\n`;
  const moved = conf
    .replaceAll("/opt/pilot/", () => `${places.scripts}/`)
    .replaceAll(/\/workspace(?=[/\s]|$)/g, () => places.workspace)
    .replaceAll("/etc/supervisor/conf.d", () => places.ownServices)
    .replaceAll("/tmp/supervisor.sock", () => places.socket)
    .replaceAll("/tmp/supervisord.pid", () => places.pidfile);
  const listening =
    places.inetPort === null
      ? moved.replace(/^(;.*\n)*\[inet_http_server\]\n(?:(?!\[|;).*\n)*/m, "")
      : moved.replace(/^port=127\.0\.0\.1:9001$/m, `port=127.0.0.1:${places.inetPort}`);
  // Only root can become root.
  return header + (places.isRoot ? listening : listening.replace(/^user=root\n/m, ""));
}

/** Whether a path can stand in a supervisor config, inside a shell command too, just as it is. @param {string} path */
export function isPlainPath(path) {
  return /^[\w./@+=-]+$/.test(path);
}
