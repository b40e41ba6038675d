import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Halt } from "./entry.mjs";
import { isPlainPath, renderConf } from "./render.mjs";

/** What fits into a unix socket's address, less the ending that supervisord adds while it binds. */
const LONGEST_SOCKET_PATH = 90;

/** @typedef {ReturnType<typeof placesOf>} Places */

/**
 * The files of one workspace. The socket lies in a short folder of its own: a workspace may lie too deep for one.
 * @param {string} root @param {string} workspace
 */
export function placesOf(root, workspace) {
  const uid = process.getuid?.() ?? 0;
  const key = createHash("sha256").update(workspace).digest("hex").slice(0, 10);
  const runDir = runDirIn(tmpdir(), `controlpilot-${uid}-${key}`);
  return {
    root,
    workspace,
    runDir,
    socket: join(runDir, "supervisor.sock"),
    pidfile: join(runDir, "supervisord.pid"),
    conf: join(workspace, "run", "supervisord.conf"),
  };
}

/** @param {string} tmp @param {string} name */
function runDirIn(tmp, name) {
  const dir = join(tmp, name);
  const fits = Buffer.byteLength(join(dir, "supervisor.sock")) <= LONGEST_SOCKET_PATH;
  return fits && isPlainPath(dir) ? dir : join("/tmp", name);
}

/** Makes the folders and writes the supervisor config of this machine. @param {Places} places */
export function prepareWorkspace(places) {
  try {
    mkdirSync(join(places.workspace, "run"), { recursive: true });
    mkdirSync(places.runDir, { recursive: true, mode: 0o700 });
    assertOwn(places.runDir);
    const template = readFileSync(join(places.root, "supervisor", "supervisord.conf"), "utf8");
    writeFileSync(places.conf, renderConf(template, targetsOf(places)));
  } catch (error) {
    if (error instanceof Halt) throw error;
    const { message } = /** @type {Error} */ (error);
    throw new Halt(
      `Cannot make the workspace: ${message}. Set WORKSPACE_ROOT to a folder you may write to.`,
    );
  }
}

/** @param {Places} places */
function targetsOf({ root, workspace, runDir, socket, pidfile }) {
  return {
    workspace: plainPath(workspace, join(runDir, "workspace")),
    scripts: plainPath(join(root, "scripts"), join(runDir, "scripts")),
    ownServices: join(runDir, "conf.d"),
    socket,
    pidfile,
    // Nothing here uses it, and whoever logs in there can run anything.
    inetPort: null,
    isRoot: process.getuid?.() === 0,
  };
}

/** The path itself, or a link to it where it holds something that a config or a shell would read. @param {string} path @param {string} link */
function plainPath(path, link) {
  if (isPlainPath(path)) return path;
  rmSync(link, { force: true });
  symlinkSync(path, link);
  return link;
}

/** The folder's name can be guessed, and everyone may make one in /tmp first. @param {string} dir */
function assertOwn(dir) {
  const stat = lstatSync(dir);
  const isOwn = stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0;
  if (!isOwn)
    throw new Halt(`${dir} is not a private folder of yours. Remove it, and run this again.`);
}
