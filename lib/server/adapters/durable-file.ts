import { explainFault } from "./file-faults";
import { changeFile } from "./file-write";

/**
 * Gives a file of our own this text in one step: whatever happens meanwhile, it holds its old text or
 * the new one, and once this returns the new one survives a loss of power. One writer at a time.
 */
export async function writeDurably(path: string, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  try {
    await changeFile(path, () => bytes, { create: true, isPrivate: true });
  } catch (error) {
    throw explainFault(error, path);
  }
}
