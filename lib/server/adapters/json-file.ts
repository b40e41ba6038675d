import { readFile } from "node:fs/promises";
import { AppError } from "../errors";
import { writeDurably } from "./durable-file";
import { orNull } from "./file-presence";

export type JsonFile<T> = ReturnType<typeof createJsonFile<T>>;

/** A value in a file that only we write. */
export function createJsonFile<T>(path: string) {
  /** Null where there is no file. Throws `conflict` where it is damaged. */
  async function read(): Promise<T | null> {
    const text = await orNull(readFile(path, "utf8"), path);
    try {
      return text === null ? null : JSON.parse(text);
    } catch (cause) {
      throw new AppError("conflict", `${path} is damaged.`, { cause });
    }
  }

  return {
    read,

    /** Throws `not_found` where there is no file. */
    async need(): Promise<T> {
      const value = await read();
      if (value === null) throw new AppError("not_found", `There is no ${path}.`);
      return value;
    },

    write: (value: T): Promise<void> => writeDurably(path, `${JSON.stringify(value)}\n`),
  };
}
