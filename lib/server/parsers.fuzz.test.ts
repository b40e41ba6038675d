import { describe, expect, test } from "vitest";
import { patternOf } from "@/lib/client/log/find";
import { levelOf } from "@/lib/client/log/levels";
import { parseLink } from "@/lib/client/log/links";
import { timeOf } from "@/lib/client/log/times";
import { Terminal } from "@/lib/client/terminal/terminal";
import { withoutEscapes } from "@/lib/redaction/escapes";
import { hideSecrets } from "@/lib/redaction/hide-secrets";
import { forAll, textOf } from "@/lib/testing/fuzz";
import { ConfSyntaxError, parseConf } from "./adapters/conf-text";
import { readPosition } from "./adapters/log-position";
import { parseEntry } from "./adapters/main-log-entry";
import { isPasswordHash } from "./adapters/password-hash";
import { assignmentsIn } from "./adapters/secrets-script";
import { parseToml } from "./adapters/toml-file";
import { createAnswerReader, XmlRpcFault, XmlRpcNonsense } from "./adapters/xml-rpc-answer";
import { browserName } from "./browser-name";
import { findKill, findSign } from "./causes-lines";
import { clientAddress, networkOf } from "./client-address";
import { AppError } from "./errors";
import { createLogRedaction } from "./log-redaction";
import { isOpenPath, wantsPage } from "./open-paths";
import { createRequestGuard } from "./request-guard";
import { readSessionCookie } from "./session-cookie";
import { createHider, hideEnvironment } from "./support-redaction";
import { compareVersions, isSameTarget } from "./version-order";

/** More than is read of anything at once. */
const LONG = 128 * 1024;
/** Of the processor, whatever else goes on here; what grows with the square takes far longer. */
const MOST_CPU_MS = 3000;

type Parser = { read: (text: string) => unknown; pieces: string[]; refuses?: unknown[] };

const guard = createRequestGuard({ allowedHosts: ["*.lan"], hostName: "box", trustProxy: true });
const linesOf = (text: string) =>
  text
    .split("\n")
    .map((line, offset) => ({ text: line, stream: "err", file: "f", offset }) as const);

const PARSERS: Record<string, Parser> = {
  "a supervisor config": {
    read: parseConf,
    refuses: [ConfSyntaxError],
    pieces: piecesIn("[program:a]¦\n¦\r\n¦key¦=¦:¦ ;c¦#¦  ¦\t¦[¦]¦\ufeff"),
  },
  "a TOML file": {
    read: (text) => parseToml(text, "x.toml"),
    refuses: [AppError],
    pieces: piecesIn("[a.b]¦[[a]]¦\n¦a¦ = ¦true¦1e9¦\"¦'''¦{¦}¦#¦,¦2026-02-11¦\\u"),
  },
  "secrets.env": {
    read: assignmentsIn,
    pieces: piecesIn("export ¦A=¦'¦\"¦$(¦)¦\\¦\n¦#¦<<EOF\n¦EOF¦;¦`¦$A"),
  },
  "an answer of supervisord": {
    read: (text) => {
      const reader = createAnswerReader();
      reader.take(Buffer.from(text));
      return reader.end();
    },
    refuses: [XmlRpcFault, XmlRpcNonsense, TypeError],
    pieces: piecesIn(
      "<methodResponse>¦<params>¦<param>¦<value>¦<string>¦<int>¦<struct>",
      "<member>¦<name>¦<array>¦<data>¦</methodResponse>¦</params>¦</param>",
      "</value>¦</string>¦</int>¦<fault>¦<nil/>¦<boolean>¦<?xml?>¦<!DOCTYPE",
      '<!ENTITY¦&lt;¦&x;¦]]>¦<![CDATA[¦<!--¦1¦x¦"¦<dateTime.iso8601>¦<double>',
    ),
  },
  "supervisord's main log": {
    read: parseEntry,
    pieces: piecesIn(
      "2026-02-11 10:00:00,123 INFO ¦9999-99-99 99:99:99,999 CRIT ¦spawned: '",
      "exited: a (¦exit status ¦1; not expected)¦terminated by SIGKILL",
      "' with pid ¦12¦killing '¦a b",
    ),
  },
  "a place in a log": { read: readPosition, pieces: piecesIn("a-1¦.¦12¦abcdefgh¦-") },
  "the secrets in a line": {
    read: (text) => hideSecrets(text, ["correct-horse-8"]),
    pieces: piecesIn(
      "token=¦Bearer ¦hf_abcdefghijklmnopqrst¦eyJ¦.¦://¦@¦a:b¦\u001b[31m¦\n¦'¦\"",
      "-----BEGIN PRIVATE KEY-----¦-----END¦?sig=¦correct-horse¦Cookie: ",
      "password is ",
    ),
  },
  "the secrets in a log": {
    read: (text) => createLogRedaction(["correct-horse-8"]).next(Buffer.from(text)),
    pieces: piecesIn(
      "token=¦hf_abcdefghijklmnop¦eyJ¦\u001b]8;;¦\u0007¦\n¦\r¦-----BEGIN PRIVATE KEY-----",
      "correct-horse-8¦\xff",
    ),
  },
  "the secrets in a support bundle": {
    read: (text) => createHider(["correct-horse-8"])(text),
    pieces: piecesIn(
      "-----BEGIN PRIVATE KEY-----¦-----END PRIVATE KEY-----¦correct-horse-8",
      "\n¦-----BEGIN ",
    ),
  },
  "environment= in a config": {
    read: hideEnvironment,
    pieces: piecesIn("environment=¦;environment:¦A=¦\"¦\\¦,¦\n¦ ¦#¦'¦B=1"),
  },
  "escapes of a terminal": {
    read: withoutEscapes,
    pieces: piecesIn("\u001b¦[¦31¦;¦m¦]¦\u0007¦\x9c¦P¦(B¦\n¦x"),
  },
  "what a terminal shows": {
    read: (text) => new Terminal().feed(text),
    pieces: piecesIn("\u001b[¦\u001b]¦999999999¦;¦A¦J¦K¦m¦G¦\r¦\n¦\b¦\t¦💩¦é¦\u001bc"),
  },
  "the level of a line": {
    read: (text) => [levelOf(text), timeOf(text, 0)],
    pieces: piecesIn(
      "ERROR¦[¦]¦ ¦2026-02-11¦T10:00:00¦,123",
      "Traceback (most recent call last):¦INFO:¦| ¦Error: ",
    ),
  },
  "a link to a line": { read: parseLink, pieces: piecesIn("out¦err¦:¦abc¦12¦-") },
  "a pattern to find": {
    read: (text) => patternOf(text, { matchesCase: false, isRegex: true }),
    pieces: piecesIn("(¦)¦+¦*¦{1,9}¦[¦]¦\\¦|¦a¦?¦(?<n>¦^"),
  },
  "why a service died": {
    read: (text) => [findSign(linesOf(text)), findKill(linesOf(text))],
    pieces: piecesIn(
      "CUDA out of memory. Tried to allocate ¦2.5 GiB",
      "ModuleNotFoundError: No module named 'x'¦\n¦  ¦Killed¦[Errno 98]",
      "RuntimeError: ¦PermissionError: [Errno 13] Permission denied: '",
      "Traceback (most recent call last):",
    ),
  },
  "a cookie": {
    read: (text) => [readSessionCookie(text, true), readSessionCookie(text, false)],
    pieces: piecesIn(
      "controlpilot_session=¦__Host-",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa¦;¦ ¦=¦,",
    ),
  },
  "the name of a browser": {
    read: browserName,
    pieces: piecesIn("Mozilla/5.0 (¦X11; Linux¦) ¦Firefox/¦Chrome/1.¦Safari¦Edg/¦curl/8¦(¦;"),
  },
  "an address": {
    read: (text) => [
      networkOf(text),
      clientAddress({ headers: { "x-forwarded-for": text }, remoteAddress: text }, true),
    ],
    pieces: piecesIn("1.2.3.4¦,¦ ¦::¦:¦ffff¦%eth0¦::ffff:1.2.3.4¦999¦0"),
  },
  "the head of a request": {
    read: (text) =>
      guard({
        method: "GET",
        url: `/${text}`,
        headers: {
          host: "localhost",
          origin: text,
          "x-forwarded-host": text,
          "content-type": text,
        },
      }),
    pieces: piecesIn("api/¦%2e¦%¦..¦/¦\\¦?¦#¦localhost¦http://¦[::1]¦:1¦text/plain¦@"),
  },
  "an open path": {
    read: (text) => [isOpenPath("GET", text), wantsPage("GET", text)],
    pieces: piecesIn("/_next/static/¦a-b¦.js¦/¦login¦/api/session¦?¦..¦~¦%2e"),
  },
  "a version": {
    read: (text) => [
      compareVersions(text, "1.0"),
      isSameTarget("git", text, "abcdef1"),
      isSameTarget("pip", text, "1"),
    ],
    pieces: piecesIn("1¦.¦!¦rc¦post¦dev¦+local¦-¦_¦v¦abcdef1¦ "),
  },
  "a password's hash": {
    read: isPasswordHash,
    pieces: piecesIn(
      "scrypt$¦32768$¦8$¦1$¦aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa¦$",
      "99999999",
    ),
  },
};

function piecesIn(...texts: string[]): string[] {
  return texts.flatMap((text) => text.split("¦"));
}

/** Whatever is thrown has to be one of those that the caller knows. */
function readOrRefuse({ read, refuses = [] }: Parser, text: string): void {
  try {
    read(text);
  } catch (error) {
    const isKnown = refuses.some((kind) => error instanceof (kind as typeof Error));
    if (!isKnown) throw error;
  }
}

describe.each(Object.entries(PARSERS))("%s", (_name, parser) => {
  test("may be any text", () => {
    forAll([textOf(...parser.pieces)], (text) => readOrRefuse(parser, text));
  });

  test("takes no longer for each letter where there are many of the same", () => {
    const filler = [
      "a",
      " ",
      "0",
      "\n",
      "\t",
      "(",
      "[",
      "<",
      "=",
      '"',
      "\\",
      "a ",
      "a.",
      "%",
      "\x1b[",
    ];
    for (const piece of [...parser.pieces, ...filler]) {
      const [first = ""] = parser.pieces;
      const text = first + piece.repeat(LONG / piece.length);
      const start = process.cpuUsage();
      readOrRefuse(parser, text);
      const { user } = process.cpuUsage(start);
      expect(user / 1000, JSON.stringify(piece)).toBeLessThan(MOST_CPU_MS);
    }
  }, 120_000);
});
