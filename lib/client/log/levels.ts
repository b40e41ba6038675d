import type { Level } from "./types";

/** Loggers say it at the start of a line; nothing behind so many characters is looked at. */
const HEAD = 300;

const WORDS: Readonly<Record<Exclude<Level, "none">, readonly string[]>> = {
  error: [
    "error",
    "err",
    "critical",
    "crit",
    "fatal",
    "panic",
    "severe",
    "alert",
    "emerg",
    "emergency",
  ],
  warn: ["warning", "warn"],
  info: ["info", "notice", "success", "information"],
  debug: ["debug", "trace", "verbose"],
};
const LEVELS = new Map<string, Level>(
  Object.entries(WORDS).flatMap(([level, words]) => words.map((word) => [word, level as Level])),
);
const LETTERS = new Map<string, Level>([
  ["D", "debug"],
  ["I", "info"],
  ["W", "warn"],
  ["E", "error"],
  ["C", "error"],
  ["F", "error"],
]);

const UPPER = [...LEVELS.keys()].map((word) => word.toUpperCase()).join("|");
const LOWER = "error|err|fatal|panic|warning|warn|info|notice|debug|trace";
const CAPITAL = "Error|Critical|Fatal|Warning|Info|Debug|Trace";
const TIME = String.raw`(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,-]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?`;
/** What stands in front of a level: times, names and numbers in brackets or between separators. */
const PART = [
  String.raw`\[[^\]]{0,60}\]`,
  `${TIME}(?:\\s+[\\w.]{1,60}(?=\\s+(?:${UPPER})[\\s:]))?`,
  String.raw`\d{4}-\d\d-\d\d`,
  String.raw`[\w./$-]{1,60}(?=\s*(?:-\s|\||::))`,
  String.raw`\(?\d{1,9}\)?(?=\s)`,
].join("|");
const LOGGER = new RegExp(
  `^\\s*(?:(?:${PART})[\\s:|,-]*){0,6}?(?:\\[\\s*(?:[\\w-]{1,20}:)?(${UPPER}|${LOWER}|${CAPITAL})\\s*[\\]/]|(${UPPER})(?=$|[\\s:|\\])>-]))`,
);
/** As git, compilers and shells say it: "fatal: …", "main.c:3:5: error: …"; not "error: 0.05". */
const PREFIX = new RegExp(
  `^(?:\\S{1,200}:\\d+: )?(?:fatal )?(${LOWER}|${CAPITAL})(?:\\[\\w+\\])?:(?!\\s*[\\d.e-]+\\s*$)(?:\\s|$)`,
);
/** "E0211 04:12:01.123 …" of glog, "[W1120 14:03:…" of torch. */
const GLOG = /^\[?([DIWECF])\d{3,4} \d\d:\d\d:\d\d/;
/** "[W 2026-01-02 03:04:05.678 ServerApp]". */
const JUPYTER = /^\s*\[([DIWEC]) \d/;
const NPM = /^npm (?:(ERR!|error)|(WARN|warn))(?:\s|$)/;
const JSON_FIELD = /"(?:level|severity|levelname|log\.level|lvl)"\s*:\s*(?:"([A-Za-z]+)"|(\d\d)\b)/;
const LOGFMT_FIELD = /(?:^|\s)(?:level|lvl|severity)="?([A-Za-z]+)"?(?=\s|$)/;
const PYTHON_WARNING = /[A-Z][A-Za-z]*Warning: /;
const ANNOUNCED =
  /^(?:Exception in |Exception ignored in|Unhandled |Uncaught |Segmentation fault|Fatal Python error|thread '.{0,60}' panicked)/;
const TRACEBACK = /Traceback \(most recent call last\)/;
const RAISED =
  /^(?:[\w.<>]{1,200}\.)?\w{0,80}(?:Error|Exception|ExceptionGroup|KeyboardInterrupt|SystemExit)(?::(?!\s*[\d.e-]+\s*$)|$)/;
/** torchrun puts it in front of whatever its workers write. */
const RANK = /^\[(?:rank|default)\d{1,4}\]:\s?/;
/** What the program that wrote the line says of it. Where it says nothing, that is nothing. */
export function levelOf(text: string): Level {
  const line = withoutRank(text.length > HEAD ? text.slice(0, HEAD) : text);
  if (line.startsWith("{")) return fieldLevel(JSON_FIELD.exec(line));
  const said = LOGGER.exec(line) ?? PREFIX.exec(line);
  if (said) return levelOfWord(said[1] ?? said[2]);
  const letter = GLOG.exec(line) ?? JUPYTER.exec(line);
  if (letter) return LETTERS.get(letter[1] ?? "") ?? "none";
  const npm = NPM.exec(line);
  if (npm) return npm[1] ? "error" : "warn";
  if (isTracebackStart(line) || isRaised(line) || ANNOUNCED.test(line)) return "error";
  if (PYTHON_WARNING.test(line)) return "warn";
  return fieldLevel(LOGFMT_FIELD.exec(line));
}

export function isTracebackStart(text: string): boolean {
  return TRACEBACK.test(text);
}

/** A line with which Python ends a traceback, as in "torch.OutOfMemoryError: CUDA out of memory". */
export function isRaised(text: string): boolean {
  return RAISED.test(text);
}

export function withoutRank(text: string): string {
  return text.startsWith("[") ? text.replace(RANK, "") : text;
}

function levelOfWord(word: string | undefined): Level {
  return LEVELS.get(word?.toLowerCase() ?? "") ?? "none";
}

/** Numbers are those of pino and bunyan: 10 is trace, 60 is fatal. */
function fieldLevel(field: RegExpExecArray | null): Level {
  if (!field) return "none";
  const [, word, number] = field;
  if (number === undefined) return levelOfWord(word);
  const value = Number(number);
  if (value >= 50) return "error";
  if (value >= 40) return "warn";
  return value >= 30 ? "info" : "debug";
}
