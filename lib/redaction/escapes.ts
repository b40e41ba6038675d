/**
 * What a terminal takes as an order and does not show: colours, titles, links, moves of the cursor. It
 * ends with its line at the latest, so that the lines stay as they are when it is taken out.
 */
export const ESCAPE = String.raw`\x1b(?:\[[ -?]*[@-~]?|[\]PX^_][^\x07\x18\x1a\x1b\r\n]*[\x07\x18\x1a]?|[ -/]+[0-~]?|[0-~])?`;
const ESCAPES = new RegExp(ESCAPE, "g");

export function withoutEscapes(text: string): string {
  return text.includes("\x1b") ? text.replace(ESCAPES, "") : text;
}
