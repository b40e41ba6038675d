const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?(\w+)=((?:'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\.|[^\s'"\\;])+)/gm;
const PART = /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\(.)|([^'"\\]+)/g;

/** What secrets.env sets, as far as that can be told without running it: each name with its value, in order. */
export function assignmentsIn(script: string): [name: string, value: string][] {
  return [...script.matchAll(ASSIGNMENT)].map(([, name = "", word = ""]) => [name, unquote(word)]);
}

/** Of a word, whose parts may be quoted in several ways. */
function unquote(word: string): string {
  return word.replaceAll(PART, (_, single, double, escaped, plain) => {
    return single ?? double?.replaceAll(/\\(["\\$`])/g, "$1") ?? escaped ?? plain;
  });
}
