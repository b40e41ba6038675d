import type { BigIntStats } from "node:fs";

/** The id of a log file in the contract. An inode can be too big for a number, so it is asked for as a bigint. */
export function fileIdOf({ dev, ino }: Pick<BigIntStats, "dev" | "ino">): string {
  return `${dev.toString(36)}-${ino.toString(36)}`;
}
