/** "12 430", with thin spaces. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-GB").replaceAll(",", "\u2009");
}

/** "1 line", "12 430 lines". */
export function countLines(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "line" : "lines"}`;
}
