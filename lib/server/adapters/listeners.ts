import { readdir, readFile, readlink } from "node:fs/promises";

/** Who listens; null where this user may not see whose it is. */
export type Listener = { pid: number; command: string } | null;

const TABLES = ["net/tcp", "net/tcp6"];
const LISTENING = "0A";

/** Who listens on a TCP port of this machine: undefined where nobody does, or that cannot be known. */
export async function findListener(port: number): Promise<Listener | undefined> {
  const tables = await Promise.all(TABLES.map(readProc));
  const sockets = new Set(tables.flatMap((table) => listeningOn(port, table)));
  if (sockets.size === 0) return undefined;
  for (const pid of await listNumbers("")) {
    if (await holdsAny(pid, sockets)) return { pid, command: await commandOf(pid) };
  }
  return null;
}

/** The sockets' inodes, from lines like `0: 0100007F:1EC6 00000000:0000 0A … uid timeout inode …`. */
function listeningOn(port: number, table: string): string[] {
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const localPort = Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16);
    return state === LISTENING && localPort === port && inode ? [`socket:[${inode}]`] : [];
  });
}

async function holdsAny(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  const files = await listNumbers(`${pid}/fd`);
  const links = await Promise.all(
    files.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")),
  );
  return links.some((link) => sockets.has(link));
}

async function commandOf(pid: number): Promise<string> {
  return (await readProc(`${pid}/comm`)).trim();
}

async function listNumbers(path: string): Promise<number[]> {
  // A process may end at any moment, and those of other users show nothing.
  const names = await readdir(`/proc/${path}`).catch(() => []);
  return names.map(Number).filter(Number.isInteger);
}

async function readProc(path: string): Promise<string> {
  return readFile(`/proc/${path}`, "utf8").catch(() => "");
}
