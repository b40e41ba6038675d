/** "9 h 41 min", "3 min", "12 s": at most two units, the coarse ones. */
export function formatDuration(totalSeconds: number) {
  const seconds = Math.max(0, Math.round(totalSeconds));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days > 0) return join([days, "d"], [hours % 24, "h"]);
  if (hours > 0) return join([hours, "h"], [minutes % 60, "min"]);
  if (minutes > 0) return `${minutes} min`;
  return `${seconds} s`;
}

function join(...parts: [number, string][]) {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** "14:08". */
export function formatTime(date: Date) {
  return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

/** "14:08:21". */
export function formatClock(date: Date) {
  return date.toLocaleTimeString("en-GB");
}

/** "14:08:21", with the day in front where it is not today. */
export function formatMoment(date: Date, now = new Date()) {
  const clock = formatClock(date);
  if (date.toDateString() === now.toDateString()) return clock;
  return `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${clock}`;
}

/** "4.8 MB"; steps of 1000. */
export function formatSize(bytes: number) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`;
}

/** What is said of services that are down: "1 needs you", "5 need you". */
export function needOf(count: number) {
  return `${count} ${count === 1 ? "needs" : "need"} you`;
}

/** "1 service", "5 services". */
export function countOf(count: number, noun: string) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
