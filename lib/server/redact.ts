const HIDDEN = "•••";

/** Names of what is secret, as they stand before "=" or ":" in options, variables and headers. */
const SECRET_NAME = String.raw`[\w.-]*(?:password|passwd|secret|token|api[_-]?key|authorization|credential)s?`;

const RULES: [RegExp, string][] = [
  // What stands before the @ of an address: https://user:secret@host
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi, `$1${HIDDEN}@`],
  [new RegExp(String.raw`([?&]${SECRET_NAME}=)[^&\s'"]+`, "gi"), `$1${HIDDEN}`],
  // Signed addresses of object stores.
  [
    /([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|Signature|sig)=)[^&\s'"]+/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  // Tokens that tell what they are: GitHub, Hugging Face, PyPI, OpenAI, GitLab, Slack, AWS.
  [
    /\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|hf_\w{16,}|pypi-[\w-]{20,}|sk-[\w-]{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16})\b/g,
    HIDDEN,
  ],
  [
    new RegExp(String.raw`(\b${SECRET_NAME}\s*[=:]\s*["']?)(?!${HIDDEN})[^\s"'&]+`, "gi"),
    `$1${HIDDEN}`,
  ],
];

/** The text without passwords, tokens and signatures. Whole lines only: half a token is not recognised. */
export function redact(text: string): string {
  let redacted = text;
  for (const [pattern, replacement] of RULES) redacted = redacted.replace(pattern, replacement);
  return redacted;
}
