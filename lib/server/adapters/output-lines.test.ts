import { describe, expect, test } from "vitest";
import { createOutputLines } from "./output-lines";

const SECRETS = /(\b(?:Bearer|token\s*[=:])\s*)[^\s"]+|(?<=:\/\/)[^\s/@]+(?=@)|hf_\w{4,}/g;

function redact(line: string): string {
  return line.replace(SECRETS, (_match, before = "") => `${before}•••`);
}

function collect() {
  const lines = createOutputLines(redact);
  return {
    ...lines,
    /** Each piece as it would be shown. */
    feed: (...chunks: string[]) => chunks.map((chunk) => lines.add(chunk, 0)),
  };
}

describe("lines", () => {
  test("are shown when they are whole", () => {
    const { feed, settle } = collect();
    expect(feed("one\ntw", "o\n", "\n", "three", "")).toEqual(["one\n", "two\n", "\n", "", ""]);
    expect(settle("all")).toBe("three");
    expect(feed(" and more\n")).toEqual([" and more\n"]);
  });

  test("keep a line end of two characters, however it comes", () => {
    const { feed } = collect();
    const shown = feed("one\r", "\ntwo\r\n", "50%\r", "done\n");
    expect(shown).toEqual(["one\r", "\ntwo\r\n", "50%\r", "done\n"]);
  });

  test("show their whole words when nothing more comes, and the rest later", () => {
    const { feed, settle } = collect();
    feed("Receiving obj");
    expect(settle("words")).toBe("Receiving ");
    expect(settle("words")).toBe("");
    expect(settle("all")).toBe("obj");
    expect(settle("all")).toBe("");
    expect(feed("ects: 5%\r", "Rec")).toEqual(["ects: 5%\r", ""]);
  });
});

describe("a secret", () => {
  const text =
    "$ git fetch https://me:pa55@host/x.git\r\nAuthorization: Bearer  abc.def\n" +
    "token = s3cret and\thf_12345678\r 50% token=other\r100%\nat the end hf_87654321";

  function whole(): string {
    const { feed, settle } = collect();
    return feed(text).join("") + settle("all");
  }

  test("is not shown", () => {
    expect(whole()).not.toMatch(/pa55|abc\.def|s3cret|other|hf_/);
    expect(whole().match(/•••/g)).toHaveLength(6);
  });

  test("is not shown wherever a chunk ends, with or without a pause there", () => {
    for (let cut = 0; cut <= text.length; cut++) {
      for (const pause of [false, true]) {
        const { feed, settle } = collect();
        const shown = feed(text.slice(0, cut));
        if (pause) shown.push(settle("words"));
        shown.push(...feed(text.slice(cut)), settle("all"));
        expect(shown.join("")).toBe(whole());
      }
    }
  });

  test("is not shown when the text comes in single characters, with a pause after each", () => {
    const { feed, settle } = collect();
    const shown = [...text].flatMap((character) => [...feed(character), settle("words")]);
    expect(shown.join("") + settle("all")).toBe(whole());
  });

  test("that was half shown after a long pause is not shown to its end", () => {
    const { feed, settle } = collect();
    feed("the hf_1");
    expect(settle("all")).toBe("the hf_1");
    expect(feed("2345678 x\n")).toEqual(["\nthe ••• x\n"]);
  });

  test("is not shown in a line that never ends", () => {
    const { feed, settle } = collect();
    const line = Array.from({ length: 9000 }, (_, index) => `word${index} token=s3cret`).join(" ");
    const shown = line.match(/.{1,777}/g)?.flatMap((chunk) => [...feed(chunk), settle("words")]);
    expect((shown ?? []).join("") + settle("all") === redact(line)).toBe(true);
  });
});

test("a line that never ends is shown in pieces, with or without words", () => {
  for (const piece of [".".repeat(500), `${"x".repeat(499)} `]) {
    const { feed, settle } = collect();
    const shown = feed(...Array<string>(100).fill(piece));
    expect(shown.join("").length).toBeGreaterThan(30_000);
    expect(shown.join("") + settle("all") === piece.repeat(100)).toBe(true);
  }
});

describe("progress", () => {
  const update = (percent: number) => `${percent}%\r`;
  const percents = (count: number) => Array.from({ length: count }, (_, index) => index);

  test("is shown as it comes while it is slow", () => {
    const lines = createOutputLines(redact);
    const shown = percents(20).map((at) => lines.add(update(at), at * 250));
    expect(shown.join("") + lines.settle("all")).toBe(percents(20).map(update).join(""));
  });

  test("that is fast is shown five times a second, and its end always", () => {
    const lines = createOutputLines(redact);
    const shown = percents(101).map((at) => lines.add(update(at), at * 20));
    const all = shown.join("") + lines.add("done\n", 2020);
    expect(all.split("\r").length).toBeLessThanOrEqual(3 * 5 + 1);
    expect(all.startsWith("0%\r1%\r2%\r3%\r4%\r50%\r")).toBe(true);
    expect(all.endsWith("done\n")).toBe(true);
  });

  test("that stops shows where it stopped", () => {
    const lines = createOutputLines(redact);
    percents(50).map((at) => lines.add(update(at), at));
    expect(lines.settle("words")).toBe("49%\r");
    expect(lines.settle("all")).toBe("");
  });

  test.each(["\n", "\r\n", "\r\r\n"])("shows its last state before %j by itself", (end) => {
    const lines = createOutputLines(redact);
    const shown = percents(50).map((at) => lines.add(update(at), at));
    expect(shown.join("") + lines.add(end, 50)).toMatch(/^0%\r1%\r2%\r3%\r4%\r49%\r+\n$/);
  });

  test("of the next line starts anew", () => {
    const lines = createOutputLines(redact);
    const bar = `${percents(10).map(update).join("")}done\n`;
    expect(lines.add(bar, 0)).toBe(lines.add(bar, 0));
  });

  test("that moves the cursor to other lines is never left out", () => {
    const lines = createOutputLines(redact);
    const bars = percents(20).map((at) => `\n\r${at}%\u001b[A\r`);
    expect(lines.add(`${bars.join("")}x`, 0).split("\u001b[A")).toHaveLength(21);
  });

  test("that is partly shown is shown to its end, so that the next one does not stick to it", () => {
    const lines = createOutputLines(redact);
    percents(9).map((at) => lines.add(update(at), 0));
    lines.add("9", 0);
    const shown = lines.settle("all") + lines.add("%\r10%\r11%\n", 0);
    expect(shown).toBe("9%\r11%\n");
  });
});
