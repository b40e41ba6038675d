import { formatDuration, formatTime } from "@/components/services/format";

/** "0.4 s", "31 s", "1 min 12 s", "2 h 5 min". */
export function formatTook(seconds: number): string {
  const positive = Math.max(0, seconds);
  if (positive < 9.95) return `${positive.toFixed(1).replace(".0", "")} s`;
  const whole = Math.round(positive);
  if (whole < 60) return `${whole} s`;
  if (whole >= 3600) return formatDuration(whole);
  const rest = whole % 60;
  return rest === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${rest} s`;
}

/** "today 08:09", "yesterday 19:40", "7 Feb 22:15". */
export function formatWhen(date: Date, now = new Date()): string {
  return `${dayOf(date, now)} ${formatTime(date)}`;
}

function dayOf(date: Date, now: Date): string {
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (date.toDateString() === now.toDateString()) return "today";
  if (date.toDateString() === yesterday.toDateString()) return "yesterday";
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: "numeric" } as const);
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...year });
}
