import type { LogLine } from "./adapters/last-lines";
import { type Finding, SIGNS } from "./causes-signs";

/** Of what was said so long before the end, nothing ended it. */
const LINES_LOOKED_AT = 30;
/** A message may go on in so many lines more. */
const LINES_READ_ON = 6;

const PREFIX = /^(?:\[rank\d+\]: ?|npm (?:ERR!|error) |ERROR:\s+|Uncaught |\s+what\(\):\s+)/;
const EXCEPTION =
  /^(?:[A-Za-z_<][\w<>]*\.)*(?:_?[A-Z]\w*)?(?:Error|Exception|Exit|Interrupt)(?: \[\w+\])?(?=:|$)/;
/** It only tells that another program ended badly, which has said why itself. */
const OTHER_PROGRAM =
  /^(?:[\w.]*\.)?(?:CalledProcessError|ChildFailedError|ProcessExitedException|ProcessRaisedException|SystemExit)\b/;
const TRACEBACK = /^Traceback \(most recent call last\)/;
const CHAIN =
  /^(?:The above exception was the direct cause|During handling of the above exception)/;
const RULE = /^\W+$/;
/** Said of what does not end a program: by its level, or as Python and Jupyter say it. */
const HARMLESS =
  /^.{0,60}?\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING)\b|\b[A-Z]\w*Warning:|^\[[DIW] |^(?:npm )?(?:info|notice|warn|warning)\b/;
/** Said by a program that goes on after whatever stands before it. */
const GOES_ON =
  /"[A-Z]+ \S+ HTTP\/[\d.]+" \d{3}\b|^Prompt executed in|module for custom nodes:|\(IMPORT FAILED\):/;

/** Why a program ended, and the line that says so. */
export type Sighting = { finding: Finding; line: LogLine };

/**
 * Reads the last lines, oldest first, from the newest one back; null where they do not say for sure why
 * it ended. An exception that is not known stands in the way of all before it, but for the one that it
 * came from.
 */
export function findSign(lines: LogLine[]): Sighting | null {
  let looked = 0;
  let isInTheWay = false;
  for (let i = lines.length - 1; i >= 0 && looked < LINES_LOOKED_AT; i -= 1) {
    const line = lines[i];
    const text = line?.text.replace(PREFIX, "") ?? "";
    // Frames of a stack and wrapped lines are indented.
    if (!line || /^\s/.test(text) || RULE.test(text) || TRACEBACK.test(text)) continue;
    looked += 1;
    if (GOES_ON.test(text)) return null;
    if (HARMLESS.test(text)) continue;
    if (CHAIN.test(text)) isInTheWay = false;
    else if (isInTheWay) return null;
    const finding = read(text, lines.slice(i + 1, i + 1 + LINES_READ_ON));
    if (finding) return { finding, line };
    isInTheWay ||= EXCEPTION.test(text) && !OTHER_PROGRAM.test(text);
  }
  return null;
}

/** As a shell says it of a program that it ran. */
const KILLED = /(?:^|\s)Killed\b/;

/** Where the shell that ran it, if one did, says that it was killed. */
export function findKill(lines: LogLine[]): LogLine | null {
  return lines.slice(-10).findLast(({ text }) => KILLED.test(text)) ?? null;
}

function read(text: string, after: LogLine[]): Finding | null {
  const isException = EXCEPTION.test(text);
  for (const { pattern, anywhere, read } of SIGNS) {
    const match = pattern.exec(text);
    if (!match || !(anywhere || isException || match.index === 0)) continue;
    return read(match, [text, ...after.map((line) => line.text)].join("\n"));
  }
  return null;
}
