import type { Day, Stretch } from "./day";

/** How finely a line is drawn, in parts of its width; what is nearer together than that is drawn as one. */
const STEPS = 500;
const WIDTH = 100;

/** The stretches of one kind, as the path of an SVG that is 100 wide, at the height `y`. */
export function stretchPath(day: Day, kind: Stretch, y: number): string {
  const lines: [number, number][] = [];
  for (const span of day.spans) {
    if (span.kind !== kind) continue;
    const from = stepOf(day, span.from);
    const to = Math.max(from + 1, stepOf(day, span.to));
    const last = lines.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(to, last[1]);
    else lines.push([from, to]);
  }
  return lines.map(([from, to]) => `M${x(from)} ${y}H${x(to)}`).join("");
}

/** Strokes from `top` to `bottom` at moments of the day. */
export function tickPath(day: Day, moments: number[], top: number, bottom: number): string {
  const steps = new Set(moments.map((moment) => stepOf(day, moment)));
  return [...steps].map((step) => `M${x(step)} ${top}V${bottom}`).join("");
}

type Mark = { text: string; percent: number; isCoarse: boolean };

/** The hours under the line: every third of the reader's clock, every sixth where there is little room. */
export function hourMarks({ from, to }: Day): Mark[] {
  const marks: Mark[] = [];
  const time = new Date(from);
  time.setMinutes(0, 0, 0);
  time.setHours(Math.floor(time.getHours() / 3) * 3);
  for (; time.getTime() < to; time.setHours(time.getHours() + 3)) {
    const percent = (100 * (time.getTime() - from)) / (to - from);
    if (percent < START_PERCENT || percent > END_PERCENT) continue;
    const hours = String(time.getHours()).padStart(2, "0");
    const isCoarse = time.getHours() % 6 === 0 && percent < COARSE_END_PERCENT;
    marks.push({ text: `${hours}:00`, percent, isCoarse });
  }
  return marks;
}

/** "14:09 yesterday" and "now" take the room before and behind these. */
const START_PERCENT = 15;
const END_PERCENT = 94;
const COARSE_END_PERCENT = 85;

function stepOf({ from, to }: Day, time: number): number {
  return Math.round((STEPS * (time - from)) / (to - from));
}

function x(step: number): number {
  return (step * WIDTH) / STEPS;
}
