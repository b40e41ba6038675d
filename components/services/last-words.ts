/** Escape sequences: colours and cursor moves, window titles and links, single characters. */
const ESCAPES = new RegExp(
  [
    String.raw`\u001b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)`,
    String.raw`\u001b[ -/]*[0-~]`,
  ].join("|"),
  "g",
);

/** The last lines with something in them, as they would stand in a terminal without its colours. */
export function lastWords(log: string, count = 6) {
  return log
    .replace(ESCAPES, "")
    .split("\n")
    .map(overwritten)
    .filter((line) => line.trim() !== "")
    .slice(-count);
}

/** A progress bar returns to the start of its line again and again; the last time counts. */
function overwritten(line: string) {
  return line.trimEnd().split("\r").at(-1) ?? "";
}
