import fs from "node:fs";
import files from "node:fs/promises";
import { FILE_WRITERS } from "./file-writers";

/**
 * Run as a program: writes a file, and kills itself at the Nth step that touches the disk; a write is
 * half done by then. Says how many steps there are where it does not come to that, and else why it could not.
 */
const [name = "", dir = "", killAt = "0"] = process.argv.slice(2);

type Step = (...args: never[]) => unknown;

let steps = 0;

function isLast(): boolean {
  steps += 1;
  return steps === Number(killAt);
}

function die(): never {
  process.kill(process.pid, "SIGKILL");
  throw new Error("It is killed.");
}

function killing<Of extends Step>(step: Of): Of {
  return function (this: unknown, ...args: never[]) {
    return isLast() ? die() : step.apply(this, args);
  } as Of;
}

async function killInHandles(): Promise<void> {
  const handle = await files.open("/dev/null");
  const prototype = Object.getPrototypeOf(handle);
  const { write } = prototype;
  await handle.close();
  for (const step of ["sync", "truncate", "chmod", "chown"])
    prototype[step] = killing(prototype[step]);
  prototype.write = async function (
    bytes: Buffer,
    offset = 0,
    length = bytes.length - offset,
    position: number | null = null,
  ) {
    if (!isLast()) return write.call(this, bytes, offset, length, position);
    await write.call(this, bytes, offset, length >> 1, position);
    return die();
  };
}

async function main(): Promise<void> {
  await killInHandles();
  const { open, mkdir, rename, rm } = files;
  const changed = { open, mkdir, rename, rm };
  for (const [of, step] of Object.entries(changed)) Object.assign(files, { [of]: killing(step) });
  fs.renameSync = killing(fs.renameSync);
  await FILE_WRITERS[name]?.write(dir, 1);
}

main().then(
  () => process.stdout.write(`done after ${steps}`),
  (error: Error) => process.stdout.write(`${error.name}: ${error.message}`),
);
