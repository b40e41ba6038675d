import { hostname } from "node:os";

export type Expansions = Readonly<Record<string, string>>;

/** The names that supervisor knows in every option: `ENV_X` for each variable, and the host. */
export function createExpansions(env: NodeJS.Dict<string>): Expansions {
  const variables = Object.entries(env).map(([name, value]) => [`ENV_${name}`, value ?? ""]);
  return { ...Object.fromEntries(variables), host_node_name: hostname() };
}

/** Fills in `%(name)s`. Throws a RangeError, a half sentence, where supervisord would refuse the text. */
export function expand(text: string, expansions: Expansions): string {
  return text.replace(/%(%|\(([^)]*)\)s)?/g, (token, _rest, name: string | undefined) => {
    if (token === "%%") return "%";
    if (name === undefined) throw new RangeError("holds a % that is not doubled");
    const value = Object.hasOwn(expansions, name) ? expansions[name] : undefined;
    if (value === undefined) throw new RangeError(`needs %(${name})s, which is not set`);
    return value;
  });
}
