import { compare, valid } from "@renovatebot/pep440";
import type { ExactTarget } from "./update-record";

const SHORTEST_COMMIT = 7;

/** By PEP 440; null where one of the two is no version. */
export function compareVersions(a: string, b: string): number | null {
  return valid(a) && valid(b) ? compare(a, b) : null;
}

export function isExactVersion(text: string): boolean {
  return valid(text) !== null;
}

/** Whether both name the same version, or the same commit, of which one may be abbreviated. */
export function isSameTarget(kind: "git" | "pip", a: string, b: string): boolean {
  if (a === b) return true;
  if (kind === "pip") return compareVersions(a, b) === 0;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= SHORTEST_COMMIT && /^[0-9a-f]+$/.test(short) && long.startsWith(short);
}

/** The tip of the followed branch, for a checkout that stays on its own branch whatever that is called. */
export function asTarget(
  checkout: { branch: string | null },
  tip: { branch: string; sha: string },
): ExactTarget {
  const branch = checkout.branch ?? tip.branch;
  return { exact: tip.sha, branch, label: `${branch}@${tip.sha.slice(0, SHORTEST_COMMIT)}` };
}
