import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cutsOf, forAll, textOf } from "@/lib/testing/fuzz";
import { createLogRedaction } from "./log-redaction";

const OWN = "correct-horse-8";
const STAR = 42;
const TOKENS = [
  OWN,
  "hf_abcdefghijklmnopqrstuvwxyz012345",
  "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
  "sk-ant-api03-abcdefghijklmnopqrst",
];
const log = textOf(
  "token=",
  "Bearer ",
  "hf_abcdefghijklm",
  "eyJhbGciOiJIUzI1NiJ9.",
  "://a:b@",
  "\x1b[31m",
  "\x1b]8;;",
  "\x07",
  "\n",
  "\r",
  "\r\n",
  "'",
  '"',
  " ",
  "-----BEGIN PRIVATE KEY-----\n",
  "-----END PRIVATE KEY-----",
  "?sig=a%2F",
  OWN,
  OWN.slice(0, 9),
  "password is ",
  "Cookie: a=",
);

function hide(...pieces: Buffer[]): Buffer {
  const redaction = createLogRedaction([OWN]);
  return Buffer.concat(pieces.map((piece) => redaction.next(piece)));
}

test("every byte stays where it is, or is a star, and what is hidden stays hidden", () => {
  const bytes = fc.oneof(
    log.map((text) => Buffer.from(text)),
    fc.uint8Array().map(Buffer.from),
  );
  forAll([bytes, cutsOf()], (whole, cut) => {
    for (const hidden of [hide(whole), hide(...cut(whole))]) {
      expect(hidden.length).toBe(whole.length);
      const changed = [...hidden].filter((byte, at) => byte !== whole[at] && byte !== STAR);
      expect(changed).toEqual([]);
      const again = hide(hidden);
      expect([...hidden].every((byte, at) => byte !== STAR || again[at] === STAR)).toBe(true);
    }
  });
});

test("a token is hidden whatever stands around it, and however it is cut", () => {
  const around = log.filter((text) => !text.includes("-----BEGIN") && !text.includes("\x1b]"));
  const token = fc.constantFrom(...TOKENS);
  forAll([around, token, around, cutsOf()], (before, secret, after, cut) => {
    const whole = Buffer.from(`${before} ${secret} ${after}\n`);
    expect(hide(whole).includes(secret)).toBe(false);
    expect(hide(...cut(whole)).includes(secret)).toBe(false);
  });
});

test("what comes line by line is hidden as what comes at once", () => {
  forAll([fc.array(log, { maxLength: 6 })], (lines) => {
    const pieces = lines.map((line) => Buffer.from(`${line}\n`));
    expect(hide(...pieces).toString("latin1")).toBe(hide(Buffer.concat(pieces)).toString("latin1"));
  });
});
