/**
 * What a secret looks like. Each rule's first group is what stands before the secret and stays. They read
 * text as it is and bytes as Latin-1 alike, hence no `\s`: to it a half of some characters is a space.
 */

/** In text, and in bytes that are read as Latin-1. */
const HIDDEN = "(?:•••|\xe2\x80\xa2)";

/** A token of a language model is no secret: `class_tokens`, `pad_token`, `max tokens`. */
const OF_A_MODEL =
  "pad|bos|eos|unk|mask|sep|cls|class|keep|special|stop|image|trigger|init|placeholder|num|max|min|per";
const NAME = String.raw`(?:pass(?:word|wd|phrase)|secret|(?<!\b(?:${OF_A_MODEL})[_ -]?)token|(?:api|access|account|private|secret)[_-]?key|sharedaccesssignature|authorization|credential)s?`;

/** `TOKEN=`, `"token": ` and `--token `; but a package at a version, `some-secrets==1.0`, is no secret. */
const START = [
  String.raw`${NAME}\\?["']?[ \t]{0,64}(?:=(?!=)|:(?!:|//))[ \t]{0,64}`,
  String.raw`(?<![\w-])--[\w-]{0,64}${NAME}[ \t]{1,64}(?!-)`,
].join("|");

/** What ends a word that stands in the place of a secret; a word whose end is still to come may be one. */
const WORD_END = String.raw`(?=[ \t\r\n,;)}\]"'])`;
const PLAIN_WORDS =
  "null|none|nil|undefined|true|false|yes|no|ok|to|or|and|is|are|was|for|from|in|of|on|with|not|the|a|an|option|flag|valid|invalid|expired|missing|required|set|unset|empty|too|must|may|should|needs|expected|unrecognized|wrong|str|bool|int|bytes";
/** What stands in that place without being one: nothing, a count, a word of a sentence, a variable, code. */
const NO_SECRET = [
  HIDDEN,
  String.raw`\\?["']`,
  String.raw`(?<=tokens\W{1,4})[\d.,]+${WORD_END}`,
  `(?:${PLAIN_WORDS})${WORD_END}`,
  String.raw`\$\{?\w+\}?${WORD_END}`,
  String.raw`%\(ENV_\w+\)s`,
  String.raw`(?:Optional|Union)\[`,
].join("|");

/** Tokens that tell by their beginning what they are. */
const TELLING = [
  ["gh[pousr]_", String.raw`\w{20,}`],
  ["github_pat_", String.raw`\w{20,}`],
  ["hf_", "[A-Za-z0-9]{16,}"],
  ["npm_", "[A-Za-z0-9]{30,}"],
  ["pypi-", String.raw`[\w-]{20,}`],
  ["sk-", String.raw`(?!video-)[\w-]{20,}`],
  ["[sr]k_(?:live|test)_", String.raw`\w{16,}`],
  ["glpat-", String.raw`[\w-]{16,}`],
  ["xox[abeprs]-", String.raw`[\w-]{10,}`],
  ["A(?:KIA|SIA)", "[A-Z0-9]{16}"],
  ["AIza", String.raw`[\w-]{30,}`],
  [String.raw`ya29\.`, String.raw`[\w-]{20,}`],
  ["rpa_", "[A-Z0-9]{20,}"],
  ["gsk_", "[A-Za-z0-9]{20,}"],
  ["r8_", "[A-Za-z0-9]{20,}"],
  ["nvapi-", String.raw`[\w-]{20,}`],
  ["dckr_pat_", String.raw`[\w-]{20,}`],
  [String.raw`wandb_v\d_`, String.raw`\w{20,}`],
  ["cp_", String.raw`(?=[\w-]{0,64}\d)(?=[\w-]{0,64}[A-Z])[\w-]{32,}`],
  ["eyJ", String.raw`[\w-]{10,}(?:\.[\w-]+){1,4}`],
] as const;
const TELLING_START = String.raw`(?<![\w.-])(?:${TELLING.map(([start]) => start).join("|")})`;

const VALUE = String.raw`[^\0- "'&]`;
/** An escape of a terminal is no part of it, nor is what ends one. */
const TO_LINE_END = String.raw`[^\r\n\x1b\x07]`;
const HEX_KEY = "[0-9a-f]{32,40}(?![0-9a-f])";

export const RULES: RegExp[] = [
  // What stands before the last @ in the host of an address: https://user:secret@host
  /(:\/\/)[^\0- /'"]+(?=@)/g,
  // Signed addresses of object stores.
  new RegExp(
    `([?&](?:X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)|Signature|sig|Key-Pair-Id)=)${VALUE}+`,
    "gi",
  ),
  new RegExp(`(\\bauthorization\\\\?["']?[ \\t]*[=:][ \\t]*["']?\\w+[ \\t]+)${VALUE}+`, "gi"),
  // No word is written like this.
  /(\b(?:Bearer|Basic)[ \t]+)(?=[\w.~+/=-]*(?:[\d=+/]|[a-z][A-Z]))[\w.~+/=-]{8,}/g,
  new RegExp(
    String.raw`(?<![\w-])(?:${TELLING.map((parts) => parts.join("")).join("|")})(?![A-Za-z0-9])`,
    "g",
  ),
  new RegExp(
    String.raw`((?:${START})(?<quote>\\?["']))(?:(?!\k<quote>)(?:\\[^\r\n]|[^\\\r\n\x1b\x07]))+`,
    "gi",
  ),
  new RegExp(`(${START})(?!${NO_SECRET})${VALUE}+`, "gi"),
  new RegExp(
    String.raw`(\b(?:set-)?cookie\\?["']?[ \t]*:[ \t]*["']?[\w.-]+=)${TO_LINE_END}+`,
    "gi",
  ),
  // As in ~/.netrc, and as programs say which password they made up.
  /(\blogin[ \t]+[^\0- ]{1,200}[ \t]+password[ \t]+)[^\0- ]+/gi,
  /(\b(?:password is|(?:using|generated|random) password):?[ \t]+)(?=[^\0- ]*\d)[^\0- ]{6,}/gi,
  // Keys that are nothing but hexadecimal digits, as hashes are too.
  new RegExp(
    String.raw`(\bwandb\b[^\r\n]{0,80}?(?<!commit:?[ ]|sha:?[ ]|rev:?[ ]|[@/0-9a-f]))${HEX_KEY}`,
    "gi",
  ),
  new RegExp(
    String.raw`(\bcivitai\b[^\r\n]{0,60}?\b(?:key|token)\b[^\r\n]{0,20}?(?<![0-9a-f]))${HEX_KEY}`,
    "gi",
  ),
  /(\bwebhooks\/\d+\/)[\w-]{20,}/g,
];

/** What may be the beginning of a secret, where the text ends with it and goes on later. */
export const BEGINNINGS: RegExp[] = [
  new RegExp(String.raw`${TELLING_START}[\w.-]*$`, "g"),
  /(:\/\/)(?!(?:localhost|[\d.]+)(?::\d*)?$)[^\0- /'"]+$/g,
  /(\b(?:Bearer|Basic)[ \t]+)[^\0- ]+$/g,
  /(\b(?:password is|(?:using|generated|random) password):?[ \t]+)[^\0- ]+$/gi,
  /(\b(?:wandb|civitai)\b[^\r\n]{0,100}?(?<![0-9a-f]))[0-9a-f]{6,}$/gi,
  /(\bwebhooks\/\d+\/)[\w-]+$/g,
];

/** No text without one of these holds a secret that a rule would find, and most have none. */
export const HINT =
  /pass|secret|token|key|authorization|credential|cookie|bearer|basic|signature|sig=|wandb|civitai|webhooks\/|@|gh[pousr]_|github_pat|hf_|npm_|pypi-|[sr]k[-_]|glpat-|xox|A[KS]IA|AIza|ya29|rpa_|r8_|nvapi|dckr_|cp_|eyJ|:\/\//i;
