import { readFile, writeFile } from "node:fs/promises";
import type * as z from "zod/mini";
import { AppError } from "../errors";
import { writeDurably } from "./durable-file";
import { explainFault } from "./file-faults";
import { exists, orNull } from "./file-presence";
import { syncFolder } from "./folder-sync";
import { createJobFolders } from "./job-folders";
import { createJsonFile, type JsonFile } from "./json-file";

export type JobIdentity = { id: string; name: string };
export type JobStore<Job extends JobIdentity> = ReturnType<typeof createJobStore<Job>>;

/** A job as it was found; `reason` says why its record cannot be understood. */
type Found<Job> =
  | { id: string; job: Job; reason: null }
  | { id: string; job: null; reason: string };

/**
 * The jobs of services, each in a folder of its own, `<dir>/<service>/<job id>/`, with its record in
 * job.json. Records that cannot be understood, damaged ones or those of another version, are apart
 * from the others.
 */
export function createJobStore<Job extends JobIdentity>(dir: string, schema: z.ZodMiniType<Job>) {
  const folders = createJobFolders(dir);
  const turns = new Map<string, Promise<void>>();
  const { pathOf } = folders;

  /** One after the other, in the order of the calls. */
  async function write(job: Job): Promise<void> {
    const path = pathOf(job.name, job.id, "job.json");
    const text = `${JSON.stringify(job)}\n`;
    const turn = Promise.allSettled([turns.get(path)]).then(() => writeDurably(path, text));
    turns.set(path, turn);
    try {
      await turn;
    } finally {
      if (turns.get(path) === turn) turns.delete(path);
    }
  }

  async function find(name: string, id: string): Promise<Found<Job> | null> {
    const path = pathOf(name, id, "job.json");
    try {
      const text = await orNull(readFile(path, "utf8"), path);
      return text === null ? null : { id, job: schema.parse(JSON.parse(text)), reason: null };
    } catch (error) {
      const unclear = `${path} cannot be understood: it is damaged, or of another version of ControlPilot.`;
      return { id, job: null, reason: error instanceof AppError ? error.message : unclear };
    }
  }

  async function findAll(name: string): Promise<Found<Job>[]> {
    const ids = await folders.idsOf(name);
    const found = await Promise.all(ids.map((id) => find(name, id)));
    return found.filter((one) => one !== null);
  }

  async function list(name: string): Promise<Job[]> {
    return (await findAll(name)).map(({ job }) => job).filter((job) => job !== null);
  }

  return {
    pathOf,
    write,
    list,

    async create(job: Job): Promise<void> {
      const path = pathOf(job.name, job.id, "job.json");
      await explained(path, folders.make(job.name, job.id));
      await write(job);
      await syncFolder(folders.folderOf(job.name));
    },

    /** Null where there is none. Throws `conflict` where its record cannot be understood. */
    async read(name: string, id: string): Promise<Job | null> {
      const found = await find(name, id);
      if (found?.reason) throw new AppError("conflict", found.reason);
      return found?.job ?? null;
    },

    /** The newest one whose record can be understood. */
    async latest(name: string): Promise<Job | null> {
      for (const id of await folders.idsOf(name)) {
        const found = await find(name, id);
        if (found?.job) return found.job;
      }
      return null;
    },

    /** Newest first: those whose record cannot be understood, and why. */
    async listUnreadable(name: string): Promise<{ id: string; reason: string }[]> {
      return (await findAll(name)).flatMap(({ id, reason }) => (reason ? [{ id, reason }] : []));
    },

    async listAll(): Promise<Job[]> {
      return (await Promise.all((await folders.names()).map(list))).flat();
    },

    /** A file of the job that holds a value as JSON. */
    file: <T>(name: string, id: string, file: string): JsonFile<T> =>
      createJsonFile<T>(pathOf(name, id, file)),

    has: (name: string, id: string, file: string): Promise<boolean> =>
      exists(pathOf(name, id, file)),

    async requestCancel(name: string, id: string): Promise<void> {
      const path = pathOf(name, id, "cancel");
      await explained(path, writeFile(path, "", { mode: 0o600 }));
    },

    isCancelRequested: (name: string, id: string): Promise<boolean> =>
      exists(pathOf(name, id, "cancel")),

    /** Removes what killed processes left of files and folders. */
    async tidy(): Promise<void> {
      for (const name of await folders.names())
        await explained(folders.folderOf(name), folders.tidy(name));
    },

    /** Removes the other jobs with all their files; those that cannot be understood stay. */
    async prune(name: string, keep: (job: Job) => boolean): Promise<void> {
      const doomed = (await list(name)).filter((job) => !keep(job)).map(({ id }) => id);
      await explained(folders.folderOf(name), folders.remove(name, doomed));
    },
  };
}

async function explained(path: string, work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    throw explainFault(error, path);
  });
}
