import { lstatSync, readdirSync } from "node:fs";

/** The existing paths that match an absolute pattern, in order, as Python's `glob.glob` finds them. */
export function globPaths(pattern: string): string[] {
  const [root = "", ...segments] = pattern.split("/");
  let paths = [root];
  for (const segment of segments) {
    paths = paths.flatMap((folder) =>
      findEntries(folder, segment).map((name) => `${folder}/${name}`),
    );
  }
  return paths.sort();
}

function findEntries(folder: string, segment: string): string[] {
  if (!/[*?[]/.test(segment)) return exists(`${folder}/${segment}`) ? [segment] : [];
  const matcher = toRegExp(segment);
  const showsHidden = segment.startsWith(".");
  return listFolder(`${folder}/`).filter(
    (name) => (showsHidden || !name.startsWith(".")) && matcher.test(name),
  );
}

/** `*`, `?`, `[a-z]` and `[!a-z]`; a bracket that is not closed stands for itself. */
function toRegExp(segment: string): RegExp {
  const source = segment.replace(
    /\[(!|(?!!))(\][^\]]*|[^\]]+)\]|./gs,
    (token, negated: string | undefined, characters: string | undefined) => {
      if (characters !== undefined) return toCharacterClass(negated === "!", characters);
      if (token === "*") return ".*";
      return token === "?" ? "." : token.replace(/[\\^$.*+?()[\]{}|]/, "\\$&");
    },
  );
  return new RegExp(`^${source}$`, "s");
}

function toCharacterClass(negated: boolean, characters: string): string {
  const ranges = characters.replace(/(.)-(.)/gs, (range, from: string, to: string) =>
    from > to ? "" : range,
  );
  return `[${negated ? "^" : ""}${ranges.replace(/[\\\]^[]/g, "\\$&")}]`;
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
