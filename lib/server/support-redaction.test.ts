import { describe, expect, test } from "vitest";
import { createHider, hideEnvironment } from "./support-redaction";

describe("known values", () => {
  const hide = createHider(["a b/c", `q"x\\y`, "quince", "quince-jam"]);

  test.each([
    ["said quince twice: quince", "said ••• twice: •••"],
    ["the longer one, quince-jam, leaves nothing", "the longer one, •••, leaves nothing"],
    ["GET /x?k=a%20b%2Fc", "GET /x?k=•••"],
    [JSON.stringify({ said: `q"x\\y` }), '{"said":"•••"}'],
    ["export HF_TOKEN=abc", "export HF_TOKEN=•••"],
  ])("are hidden in %s", (text, expected) => expect(hide(text)).toBe(expected));

  test("and private keys, also one whose beginning or end was cut off", () => {
    const begin = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n";
    const end = "def\n-----END OPENSSH PRIVATE KEY-----";
    expect(hide(`one\n${begin}${end}\ntwo`)).toBe("one\n•••\ntwo");
    expect(hide(`${end}\ntwo`)).toBe("•••\ntwo");
    expect(hide(`one\n${begin}`)).toBe("one\n•••");
  });
});

describe("environment= in supervisor's config", () => {
  test.each([
    [
      "on a line",
      `environment=A="x,y",B='z',C=1\nuser=me`,
      "environment=A=•••,B=•••,C=•••\nuser=me",
    ],
    ["over lines", `environment=A="x",\n    B="y"\nuser=me`, "environment=A=•••,B=•••\nuser=me"],
    [
      "a value over lines",
      `environment=A="x\n  y",B=2\nuser=me`,
      "environment=A=•••,B=•••\nuser=me",
    ],
    ["what looks like a name in a value", `environment=A="b=c,d=e"`, "environment=A=•••"],
    ["escapes", String.raw`environment=A="x\"y",B=2`, "environment=A=•••,B=•••"],
    ["a comment behind it", `environment=A="x" ; B="y"\nuser=me`, "environment=A=•••\nuser=me"],
    ["comments between", `environment=A="x",\n; like y\n  B="z"`, "environment=A=•••,B=•••"],
    [
      "one in a comment",
      `;environment=A="x",\n;  B="y"\n[program:z]`,
      ";environment=A=•••,B=•••\n[program:z]",
    ],
    ["spaces and a colon", `Environment : A = "x" , B="y"`, "Environment :A=•••,B=•••"],
    ["an open quote", `environment=A="x,B=y\n[program:z]`, "environment=•••\n[program:z]"],
    ["no pair at all", "environment=hunter2", "environment=•••"],
    ["nothing", "environment=\nuser=me", "environment=\nuser=me"],
    ["empty lines behind it", `environment=A=1\n\n[program:z]`, "environment=A=•••\n\n[program:z]"],
  ])("keeps its names alone: %s", (_what, conf, expected) => {
    expect(hideEnvironment(conf)).toBe(expected);
  });

  test("everything else stays as it is", () => {
    const conf =
      "[program:x]\ncommand=/bin/x --a=1 ; said\n  --b\n\n; environments\nenvironments=A=1\n";
    expect(hideEnvironment(conf)).toBe(conf);
  });
});
