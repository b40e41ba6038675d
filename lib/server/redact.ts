const HIDDEN = "•••";

const SECRET_NAME = "(?:password|passwd|secret|token|api[_-]?key|authorization|credential)s?";

/** `TOKEN=`, `"token": ` and `--token `; but a package at a version, `some-secrets==1.0`, is no secret. */
const SECRET_START = [
  String.raw`${SECRET_NAME}\\?["']?[ \t]*(?:=(?!=)|:(?!:))[ \t]*`,
  String.raw`(?<![\w-])--[\w-]*${SECRET_NAME}[ \t]+(?!-)`,
].join("|");

/** What stands in that place without being one: nothing, a number of tokens, the next word of a sentence. */
const NO_SECRET = [
  HIDDEN,
  String.raw`\\?["']`,
  String.raw`(?<=tokens\W{1,4})[\d.,]+(?:\s|$)`,
  String.raw`(?:null|none|true|false|to|or|and|is|for|in|with|option|flag)(?:[\s,;}\])]|$)`,
].join("|");

const RULES: [RegExp, string][] = [
  // What stands before the last @ in the host of an address: https://user:secret@host
  [/(:\/\/)[^\s/'"]+@/g, `$1${HIDDEN}@`],
  // Signed addresses of object stores.
  [/([?&](?:X-Amz-Signature|Signature|sig)=)[^&\s'"]+/gi, `$1${HIDDEN}`],
  [/(\bauthorization["']?[ \t]*[=:][ \t]*["']?)\w+[ \t]+[^\s"']+/gi, `$1${HIDDEN} ${HIDDEN}`],
  // No word is written like this.
  [/\b(Bearer|Basic)[ \t]+(?=\S*(?:[\d=+/]|[a-z][A-Z]))[\w.~+/=-]{8,}/g, `$1 ${HIDDEN}`],
  // Tokens that tell what they are: GitHub, Hugging Face, npm, PyPI, OpenAI, GitLab, Slack, AWS.
  [
    /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|hf_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{30,}|pypi-[\w-]{20,}|sk-[\w-]{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16})\b/g,
    HIDDEN,
  ],
  [
    new RegExp(String.raw`(${SECRET_START})(\\?["'])(?:(?!\2)(?:\\.|[^\\\n]))+`, "gi"),
    `$1$2${HIDDEN}`,
  ],
  [new RegExp(String.raw`(${SECRET_START})(?!${NO_SECRET})[^\s"'&]+`, "gi"), `$1${HIDDEN}`],
];

/** The text without passwords, tokens and signatures. Whole lines only: half a token is not recognised. */
export function redact(text: string): string {
  let redacted = text;
  for (const [pattern, replacement] of RULES) redacted = redacted.replace(pattern, replacement);
  return redacted;
}
