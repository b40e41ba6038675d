import { constants } from "node:fs";
import { access, type FileHandle, mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { appendLines, openToRead } from "./appended-file";
import { readLinesBackwards } from "./backward-lines";
import { explainFault, faultCode } from "./file-faults";
import { withFileLock } from "./file-lock";
import { syncFolder } from "./folder-sync";

export type AuditLog = ReturnType<typeof createAuditLog>;

/**
 * A file that only grows, until it is set aside as `<path>.1`; older ones go to `.2` and on, and the
 * oldest is dropped. Several processes may write it.
 */
export function createAuditLog(path: string, { maxBytes = 5_000_000, older = 3 } = {}) {
  const nameOf = (place: number) => (place === 0 ? path : `${path}.${place}`);

  async function appendAlone(lines: string): Promise<void> {
    if (!(await hasRoomFor(Buffer.byteLength(lines)))) await setAside();
    const { O_RDWR, O_APPEND, O_CREAT } = constants;
    const file = await open(path, O_RDWR | O_APPEND | O_CREAT, 0o600);
    try {
      await appendLines(file, lines);
    } finally {
      await file.close();
    }
  }

  async function hasRoomFor(bytes: number): Promise<boolean> {
    const size = await stat(path).then((info) => info.size, missing);
    return size === null || size === 0 || size + bytes <= maxBytes;
  }

  async function setAside(): Promise<void> {
    try {
      await syncFile(path);
      for (let to = await findPlace(); to > 0; to--) await rename(nameOf(to - 1), nameOf(to));
      await syncFolder(dirname(path));
    } catch (error) {
      // A file that cannot be renamed, as one that is mounted by itself, goes on growing.
      if (faultCode(error) === null) throw error;
    }
  }

  /** The first number that is free, so that none is dropped for one that a kill has left free. */
  async function findPlace(): Promise<number> {
    for (let place = 1; place < older; place++) {
      if ((await access(nameOf(place)).catch(missing)) === null) return place;
    }
    return older;
  }

  return {
    /**
     * Whole lines, each with its end: all of them stand in the file, or it is as it was and this throws
     * the reason. On the disk they are after `sync`.
     */
    async append(lines: string): Promise<void> {
      try {
        await mkdir(dirname(path), { recursive: true });
        await withFileLock(path, () => appendAlone(lines));
      } catch (error) {
        throw explainFault(error, path);
      }
    },

    async sync(): Promise<void> {
      try {
        await syncFile(path).catch(missing);
        await syncFolder(dirname(path));
      } catch (error) {
        throw explainFault(error, path);
      }
    },

    /** The last line of the newest file first, the first one of the oldest file last. */
    async *readBackwards(): AsyncGenerator<string> {
      const opened = new Map<number, FileHandle>();
      try {
        for (let place = 0; place <= older; place++) await openOnce(nameOf(place), opened);
        for (const file of opened.values()) {
          const { size } = await file.stat();
          yield* readLinesBackwards(file, { start: 0, end: size });
        }
      } finally {
        await Promise.all([...opened.values()].map((file) => file.close()));
      }
    },
  };
}

/** By inode: a file that gets its next name meanwhile is found twice. */
async function openOnce(path: string, opened: Map<number, FileHandle>): Promise<void> {
  const file = await openToRead(path);
  if (!file) return;
  const { ino } = await file.stat();
  if (opened.has(ino)) await file.close();
  else opened.set(ino, file);
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function missing(error: unknown): null {
  if (faultCode(error) === "ENOENT") return null;
  throw error;
}
