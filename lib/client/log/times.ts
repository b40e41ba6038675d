const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAY_MS = 86_400_000;
/** A time stands at the start of a line; it may have a level or a bracket in front. */
const HEAD = 80;
const LEAD = String.raw`^[\s\[(<|]*(?:(?:[A-Z]{4,8}|[DIWECF])[\]:|]*\s+[\[(]?)?`;
const CLOCK = String.raw`(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?`;

const DATED = new RegExp(
  `${LEAD}(\\d{4})[-/](\\d\\d)[-/](\\d\\d)[T ]${CLOCK}\\s?(Z|[+-]\\d\\d:?\\d\\d)?`,
);
const AMERICAN = new RegExp(`${LEAD}(\\d\\d)/(\\d\\d)/(\\d{4}|\\d\\d),? ${CLOCK}`);
const SYSLOG = new RegExp(
  `${LEAD}(?:[A-Z][a-z]{2},? )?([A-Z][a-z]{2}) {1,2}(\\d{1,2}) ${CLOCK}(?: (\\d{4})\\b)?`,
);
const GLOG = new RegExp(`^\\[?[DIWECF](\\d\\d)(\\d\\d) ${CLOCK}`);
const CLOCK_ONLY = new RegExp(
  String.raw`${LEAD}(\d\d):(\d\d):(\d\d)(?:[.,-](\d{1,9}))?(?=$|[\s\]|)>-])`,
);

/**
 * When a line says it was written, in ms since 1970; null where it does not say. Without a zone it is read
 * as UTC. What it leaves out, day or year, is that of `near` (when the file was written last, in ms), or
 * the one before where the line would else be from the future.
 */
export function timeOf(text: string, near: number): number | null {
  const head = text.slice(0, HEAD);
  if (!/\d\d:\d\d:\d\d/.test(head)) return null;
  return dated(head) ?? american(head) ?? yearless(head, near) ?? clockOnly(head, near);
}

function dated(head: string): number | null {
  const found = DATED.exec(head);
  if (!found) return null;
  const [, year, month, day, ...rest] = found;
  const at = moment([Number(year), Number(month), Number(day)], rest);
  return at === null ? null : at - zoneMs(rest[4]);
}

function american(head: string): number | null {
  const found = AMERICAN.exec(head);
  if (!found) return null;
  const [, month, day, year = "", ...clock] = found;
  return moment([Number(year.padStart(4, "20")), Number(month), Number(day)], clock);
}

/** "Feb 11 04:12:01", "Sat Feb 11 04:12:01 2026", "E0211 04:12:01.123". */
function yearless(head: string, near: number): number | null {
  const named = SYSLOG.exec(head);
  const found = named ?? GLOG.exec(head);
  if (!found) return null;
  const [, name = "", day, ...clock] = found;
  const month = named ? MONTHS.indexOf(name.toLowerCase()) + 1 : Number(name);
  if (clock[4] !== undefined) return moment([Number(clock[4]), month, Number(day)], clock);
  const year = new Date(near).getUTCFullYear();
  const at = moment([year, month, Number(day)], clock);
  return at === null || at <= near ? at : moment([year - 1, month, Number(day)], clock);
}

function clockOnly(head: string, near: number): number | null {
  const found = CLOCK_ONLY.exec(head);
  if (!found) return null;
  const [, ...clock] = found;
  const day = new Date(near);
  const at = moment([day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()], clock);
  return at === null || at <= near ? at : at - DAY_MS;
}

/** `clock` is hours, minutes, seconds and digits behind the second. Null where there is no such time. */
function moment(
  [year, month, day]: [number, number, number],
  [hours, minutes, seconds, fraction = ""]: readonly (string | undefined)[],
): number | null {
  const ms = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const clock = [Number(hours), Number(minutes), Number(seconds)] as const;
  const at = Date.UTC(year, month - 1, day, ...clock, ms);
  const isReal = new Date(at).getUTCMonth() === month - 1 && new Date(at).getUTCDate() === day;
  return isReal && clock[0] < 24 && clock[1] < 60 && clock[2] < 60 ? at : null;
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)/.exec(zone) ?? [];
  return (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
}
