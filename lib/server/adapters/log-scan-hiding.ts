import { createLogRedaction } from "../log-redaction";
import { readFully, type ScannedFile, type Stretch } from "./log-scan-blocks";
import type { Finder, Hit } from "./log-scan-literal";

/** By what stands before a stretch it is judged. */
const BEFORE_BYTES = 16 * 1024;

/**
 * Finds in the lines as they are shown, so that a search tells nothing of what is hidden in them. `known`
 * are secrets that do not tell what they are.
 */
export function findShown(
  find: Finder,
  {
    file,
    known,
    q,
    regex,
  }: { file: ScannedFile; known: readonly string[]; q: string; regex: boolean },
): (stretch: Stretch) => Iterable<Hit> {
  // Hiding brings nothing new but stars: where such a text is not found before, it is not found after.
  const tellsBefore = !regex && !q.includes("*");
  return (stretch) => {
    if (tellsBefore && find(stretch).next().done) return [];
    return find(hideSecrets(file, stretch, known));
  };
}

function hideSecrets(file: ScannedFile, stretch: Stretch, known: readonly string[]): Stretch {
  const { offset } = stretch;
  const redaction = createLogRedaction(known);
  const before = Buffer.alloc(Math.min(BEFORE_BYTES, offset));
  readFully(file, before, offset - before.length);
  redaction.next(before);
  return { ...stretch, bytes: redaction.next(stretch.bytes) };
}
