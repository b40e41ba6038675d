import { redact } from "./redact";

const HIDDEN = "•••";
const KEY_BLOCK = /-----BEGIN [^-\n]*PRIVATE KEY-----[\s\S]*?(?:-----END [^-\n]*-----|$)/g;
/** Of a key whose beginning was cut off. */
const KEY_END = /^[\s\S]*?-----END [^-\n]*PRIVATE KEY-----/;

/** Hides what looks like a secret, and these values wherever they stand: as they are, in JSON, in addresses. */
export function createHider(values: readonly string[]): (text: string) => string {
  const forms = values.flatMap((value) => [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
  ]);
  // The longest first: another may be a part of it.
  const known = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => {
    let hidden = text.replace(KEY_BLOCK, HIDDEN).replace(KEY_END, HIDDEN);
    for (const value of known) hidden = hidden.replaceAll(value, HIDDEN);
    return redact(hidden);
  };
}

const ENVIRONMENT = /^([;#\s]*environment\s*[=:])(.*)$/i;
const PAIR = /\s*([A-Za-z_]\w*)\s*=\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s,"']*)\s*(?:,|$)/y;

/** supervisor's config with the names alone of what `environment=` sets. */
export function hideEnvironment(conf: string): string {
  const shown: string[] = [];
  let option: Option | null = null;
  for (const line of conf.split("\n")) {
    const [, start, value = ""] = ENVIRONMENT.exec(line) ?? [];
    // What stands deeper goes on, and comments may stand between.
    if (option && start === undefined && /^(?:\s|$|[;#])/.test(line)) {
      option.lines.push(line);
      continue;
    }
    if (option) shown.push(withoutValues(option));
    option = start === undefined ? null : { start, lines: [value] };
    if (!option) shown.push(line);
  }
  if (option) shown.push(withoutValues(option));
  return shown.join("\n");
}

type Option = { start: string; lines: string[] };

function withoutValues({ start, lines }: Option): string {
  const isComment = /^[;#]/.test(start);
  const own = lines
    .map((line) => (isComment ? line.replace(/^[;#]+/, "") : line.replace(/(?:^|\s)[;#].*$/, "")))
    .join("\n");
  const end = /\n*$/.exec(own)?.[0] ?? "";
  return start + namesIn(own.trim()) + end;
}

/** Up to where it cannot be understood. */
function namesIn(value: string): string {
  const names: string[] = [];
  PAIR.lastIndex = 0;
  while (PAIR.lastIndex < value.length) {
    const name = PAIR.exec(value)?.[1];
    if (name === undefined) return [...names, HIDDEN].join(",");
    names.push(`${name}=${HIDDEN}`);
  }
  return names.join(",");
}
