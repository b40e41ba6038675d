import { closeSync, fstatSync, openSync, writeSync } from "node:fs";
import { faultCode, sayFault } from "./file-faults";

const LOST = "\n[Some output is missing here: it could not be written.]\n";

/** A file that is only appended to, up to a size, and whose faults are remembered, not thrown. */
export function openOutputFile(path: string, maxBytes: number) {
  let fault: string | null = null;
  let isIncomplete = false;
  let size = 0;
  const fd = guard(() => openSync(path, "a", 0o600));
  if (fd !== null) size = guard(() => fstatSync(fd).size) ?? 0;
  let isOpen = fd !== null;
  let isFull = size >= maxBytes;

  function guard<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      fault = sayFault(faultCode(error) ?? "EIO", path);
      return null;
    }
  }

  function write(text: string): void {
    const bytes = Buffer.from(isIncomplete ? LOST + text : text);
    let written = 0;
    const isWhole = guard(() => {
      while (fd !== null && written < bytes.length) {
        const count = writeSync(fd, bytes, written);
        written += count;
        size += count;
      }
      return true;
    });
    // A second note below one that is half written would be one too many, but none would be worse.
    isIncomplete = !isWhole;
  }

  return {
    append(text: string): void {
      if (!isOpen || isFull || text === "") return;
      isFull = size + Buffer.byteLength(text) > maxBytes;
      write(isFull ? sayFull(maxBytes) : text);
    },
    size: () => size,
    /** A sentence that says why some of it, or all, could not be written. */
    fault: () => fault,
    close(): void {
      if (fd !== null && isOpen) guard(() => closeSync(fd));
      isOpen = false;
    },
  };
}

function sayFull(maxBytes: number): string {
  return `\n[The rest is left out: this file ends at ${Math.round(maxBytes / 1024 / 1024)} MB.]\n`;
}
