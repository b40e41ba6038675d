import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { AuditEntry } from "@/lib/contract/updates";
import { appendLines, openToRead } from "./appended-file";
import { readLinesBackwards } from "./backward-lines";
import { explainFault } from "./file-faults";
import { withFileLock } from "./file-lock";
import { syncFolder } from "./folder-sync";

/** How far back an entry of the same job can stand. */
const RECENT_BYTES = 1024 * 1024;

/** What entries of older versions do not have. */
const NOTHING = {
  target: null,
  before: null,
  after: null,
  error: null,
  job_id: null,
  actor: null,
  duration_seconds: null,
};

export type UpdateAudit = ReturnType<typeof createUpdateAudit>;

/** The history of all updates: a file that only grows, one JSON object a line. */
export function createUpdateAudit(path: string) {
  return {
    /**
     * The entry stands in the file, whole and on the disk, or the file is as it was and this throws.
     * A second one of the same job is not written.
     */
    async append(entry: AuditEntry): Promise<void> {
      try {
        await mkdir(dirname(path), { recursive: true });
        await withFileLock(path, () => appendAlone(path, entry));
      } catch (error) {
        throw explainFault(error, path);
      }
    },

    /** Newest first. Lines that are no entries are left out. */
    async read(wish: { service?: string | undefined; limit: number }): Promise<AuditEntry[]> {
      const file = await openToRead(path);
      if (!file) return [];
      try {
        return await collect(file, wish);
      } finally {
        await file.close();
      }
    },
  };
}

async function appendAlone(path: string, entry: AuditEntry): Promise<void> {
  const { O_RDWR, O_APPEND, O_CREAT } = constants;
  const file = await open(path, O_RDWR | O_APPEND | O_CREAT, 0o644);
  try {
    const { size } = await file.stat();
    if (await holdsJob(file, size, entry.job_id)) return;
    await appendLines(file, `${JSON.stringify(entry)}\n`, { sync: true });
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

async function holdsJob(
  file: FileHandle,
  size: number,
  jobId: string | null | undefined,
): Promise<boolean> {
  if (!jobId) return false;
  const start = Math.max(0, size - RECENT_BYTES);
  for await (const line of readLinesBackwards(file, { start, end: size })) {
    if (line.includes(jobId) && parseEntry(line)?.job_id === jobId) return true;
  }
  return false;
}

async function collect(
  file: FileHandle,
  { service, limit }: { service?: string | undefined; limit: number },
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  if (limit <= 0) return entries;
  const { size } = await file.stat();
  for await (const line of readLinesBackwards(file, { start: 0, end: size })) {
    const entry = parseEntry(line);
    if (!entry || (service !== undefined && entry.service !== service)) continue;
    entries.push(entry);
    if (entries.length >= limit) break;
  }
  return entries;
}

function parseEntry(line: string): AuditEntry | null {
  try {
    return AuditEntry.parse({ ...NOTHING, ...JSON.parse(line) });
  } catch {
    return null;
  }
}
