import type { CSSProperties } from "react";
import type { Colour, Style } from "@/lib/client/terminal/style";

/** Names of the 16 become classes, which the theme colours; other colours come with the element. */
export function classOf(style: Style): string {
  return [
    style.fg && (isNamed(style.fg) ? `ansi-${style.fg}` : "ansi-rgb"),
    style.bg && (isNamed(style.bg) ? `ansi-bg-${style.bg}` : "ansi-bg-rgb"),
    style.bold && "ansi-bold",
    style.dim && "ansi-dim",
    style.italic && "ansi-italic",
    style.underline && "ansi-underline",
    style.strike && "ansi-strike",
    style.inverse && "ansi-inverse",
  ]
    .filter(Boolean)
    .join(" ");
}

export function coloursOf({ fg, bg }: Style): CSSProperties | undefined {
  const colours: Record<string, string> = {};
  if (fg && !isNamed(fg)) colours["--ansi-fg"] = fg;
  if (bg && !isNamed(bg)) colours["--ansi-bg"] = bg;
  return Object.keys(colours).length === 0 ? undefined : (colours as CSSProperties);
}

function isNamed(colour: Colour): boolean {
  return !colour.startsWith("#");
}
