const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
type Name = (typeof NAMES)[number];

/** A name of the 16, which a theme colours, or "#rrggbb". */
export type Colour = Name | `bright-${Name}` | `#${string}`;

export interface Style {
  readonly fg: Colour | null;
  readonly bg: Colour | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly strike: boolean;
}

export const PLAIN: Style = {
  fg: null,
  bg: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
  strike: false,
};

export function sameStyle(a: Style, b: Style): boolean {
  if (a === b) return true;
  return (
    a.fg === b.fg &&
    a.bg === b.bg &&
    a.bold === b.bold &&
    a.dim === b.dim &&
    a.italic === b.italic &&
    a.underline === b.underline &&
    a.inverse === b.inverse &&
    a.strike === b.strike
  );
}

const SWITCHES: Readonly<Record<number, Partial<Style>>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { strike: true },
  21: { underline: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { strike: false },
  39: { fg: null },
  49: { bg: null },
};

/** The style after `ESC [ parameters m`. What is malformed is skipped, and nothing beside it. */
export function applySgr(style: Style, parameters: string): Style {
  if (parameters === "" || parameters === "0") return PLAIN;
  const items = parameters.split(";");
  let next = style;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] ?? "";
    if (item === "38" || item === "48" || item === "58") {
      const { colour, taken } = extendedColour(items.slice(i + 1, i + 5));
      next = withColour(next, item, colour);
      i += taken;
    } else {
      next = item.includes(":") ? applyColons(next, item) : applyCode(next, Number(item));
    }
  }
  return sameStyle(next, PLAIN) ? PLAIN : next;
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  const change = SWITCHES[code];
  if (change) return { ...style, ...change };
  if (code >= 30 && code <= 37) return { ...style, fg: named(code - 30) };
  if (code >= 40 && code <= 47) return { ...style, bg: named(code - 40) };
  if (code >= 90 && code <= 97) return { ...style, fg: named(code - 82) };
  if (code >= 100 && code <= 107) return { ...style, bg: named(code - 92) };
  return style;
}

/** ISO 8613-6: `38:5:n`, `38:2::r:g:b`, `4:3`. */
function applyColons(style: Style, item: string): Style {
  const [code = "", mode, ...rest] = item.split(":");
  if (code === "4") return { ...style, underline: mode !== "0" };
  if (mode === undefined || (code !== "38" && code !== "48")) return style;
  const values = mode === "2" && rest.length > 3 ? rest.slice(1) : rest;
  return withColour(style, code, extendedColour([mode, ...values]).colour);
}

function withColour(style: Style, code: string, colour: Colour | null): Style {
  if (colour === null || code === "58") return style;
  return code === "38" ? { ...style, fg: colour } : { ...style, bg: colour };
}

/** `rest` is what follows 38, 48 or 58; `taken` tells how much of it belongs to the colour. */
function extendedColour(rest: readonly string[]): { colour: Colour | null; taken: number } {
  if (rest[0] === "5") return { colour: indexed(numberIn(rest[1])), taken: 2 };
  if (rest[0] === "2") return { colour: rgb(rest.slice(1, 4).map(numberIn)), taken: 4 };
  return { colour: null, taken: 0 };
}

function numberIn(text: string | undefined): number {
  return text === undefined ? Number.NaN : Number(text);
}

function named(index: number): Colour {
  const name = NAMES[index & 7] ?? "white";
  return index < 8 ? name : `bright-${name}`;
}

function indexed(index: number): Colour | null {
  if (!(index >= 0 && index <= 255)) return null;
  if (index < 16) return named(index);
  if (index >= 232) return rgb(Array<number>(3).fill(8 + (index - 232) * 10));
  const cube = index - 16;
  return rgb([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(cubeLevel));
}

function cubeLevel(step: number): number {
  return step === 0 ? 0 : 55 + step * 40;
}

function rgb(channels: readonly number[]): Colour | null {
  if (channels.length !== 3 || !channels.every((value) => value >= 0 && value <= 255)) return null;
  return `#${channels.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
