import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** What the kernel does not tell, as on some network volumes, is found so often. */
const LOOK_MS = 500;
/** Where nothing can be watched. */
const LOOK_ALONE_MS = 100;

type Watch = { listeners: Set<() => void>; stop: () => void };
type FolderListener = { changed: (name: string | null) => void; lost: () => void };
type Folder = { watcher: FSWatcher; listeners: Set<FolderListener> };

const watches = new Map<string, Watch>();
const folders = new Map<string, Folder>();

/**
 * Calls back within milliseconds whenever a file at `path`, which need not be there yet, is written to,
 * replaced or removed, or one of its rotations is (`path.1`). May also call when nothing has changed.
 * Costs the same however many watch the same file.
 */
export function watchFile(path: string, onChange: () => void): () => void {
  const watched = watches.get(path) ?? startWatch(path);
  watches.set(path, watched);
  const listener = () => onChange();
  watched.listeners.add(listener);
  return () => {
    if (!watched.listeners.delete(listener) || watched.listeners.size > 0) return;
    watched.stop();
    watches.delete(path);
  };
}

function startWatch(path: string): Watch {
  const listeners: Watch["listeners"] = new Set();
  const name = basename(path);
  let release: (() => void) | null = null;
  let seen = "";
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }

  function watchOn(): void {
    release = watchFolder(dirname(path), {
      changed: (changed) => {
        if (changed === null || changed.startsWith(name)) tell();
      },
      lost: () => {
        release = null;
        tell();
      },
    });
  }

  function lookLater(): void {
    timer = setTimeout(() => void look(), release === null ? LOOK_ALONE_MS : LOOK_MS).unref();
  }

  async function look(): Promise<void> {
    if (release === null) watchOn();
    const now = await fingerprint(path);
    if (isStopped) return;
    lookLater();
    if (now === seen) return;
    seen = now;
    tell();
  }

  watchOn();
  lookLater();
  return {
    listeners,
    stop() {
      isStopped = true;
      if (timer) clearTimeout(timer);
      release?.();
    },
  };
}

/** Is another one when the file has changed; empty where there is none. */
function fingerprint(path: string): Promise<string> {
  return stat(path).then(
    ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
    () => "",
  );
}

/** One watcher for each folder, however many look into it. Null where it cannot be watched. */
function watchFolder(path: string, listener: FolderListener): (() => void) | null {
  let folder = folders.get(path);
  if (!folder) {
    try {
      folder = openFolder(path);
    } catch {
      // No such folder, or the kernel has no watches left.
      return null;
    }
    folders.set(path, folder);
  }
  const { watcher, listeners } = folder;
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    watcher.close();
    if (folders.get(path)?.watcher === watcher) folders.delete(path);
  };
}

function openFolder(path: string): Folder {
  const listeners: Folder["listeners"] = new Set();
  const watcher = watch(path, { persistent: false }, (event, name) => {
    // The folder itself was moved or removed: whatever is at its path now is another one.
    if (event === "rename" && name === basename(path)) lose();
    else for (const { changed } of [...listeners]) changed(name);
  });
  function lose(): void {
    watcher.close();
    if (folders.get(path)?.watcher === watcher) folders.delete(path);
    for (const { lost } of [...listeners]) lost();
  }
  watcher.on("error", lose);
  return { watcher, listeners };
}
