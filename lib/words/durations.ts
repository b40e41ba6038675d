const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
] as const;

/** As in "9 h 58 min", "3 min", "12 s": at most two units, the second only beside hours and days. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const first = UNITS.findIndex(([, size]) => whole >= size);
  const [unit, size] = UNITS[first] ?? UNITS[3];
  const [smallerUnit, smallerSize] = UNITS[first + 1] ?? UNITS[3];
  const rest = Math.floor((whole % size) / smallerSize);
  const head = `${Math.floor(whole / size)} ${unit}`;
  return size >= 3600 && rest > 0 ? `${head} ${rest} ${smallerUnit}` : head;
}
