import * as fc from "fast-check";
import { anyUnit } from "../../lib/testing/fuzz";
import type { JsonSchema } from "./routes";

const NASTY_TEXTS = [
  "",
  " ",
  ".",
  "..",
  "../../etc/passwd",
  "/etc/passwd",
  "-rf",
  "--upload-pack=touch",
  "NaN",
  "-1",
  "1e309",
  "0x10",
  "9007199254740993",
  "999999999999999",
  "\0",
  "comfy\0",
  "a\nb",
  "\r\nset-cookie: a=b",
  "__proto__",
  "constructor",
  "toString",
  "[object Object]",
  "true,true",
  "comfy,comfy,kohya",
  "(a+)+$",
  "(?<!a)\\p{L}{1,1000}",
  "[",
  "\u202e\ufeff\u{1f4a9}",
  "e\u0301".repeat(30),
  "<script>alert(1)</script>",
  "$(touch x)",
  "'; drop table services; --",
  "%(ENV_HOME)s",
  "%",
  "%%",
  "%s%n",
  "x".repeat(300),
  "9".repeat(400),
];
const NASTY_VALUES = [null, -1, 0, 1.5, 1e308, -0, 2 ** 53, "", [], [[]], {}, true, false];

export const nastyText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NASTY_TEXTS) },
  fc.string({ unit: anyUnit, maxLength: 20 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.string({ maxLength: 40 }),
  fc.integer().map(String),
);

/** Mostly what means something here. */
export function textOf(words: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: nastyText },
  );
}

const anyJson = fc.oneof(fc.constantFrom<unknown>(...NASTY_VALUES), nastyText, fc.jsonValue());
/** Deeper than a recursive reader can go. */
const deep = fc.constantFrom("[", '{"a":').map((open) => open.repeat(20_000));
const brokenJson = fc
  .tuple(fc.json(), fc.nat(), nastyText)
  .map(([text, at, junk]) => text.slice(0, at % (text.length + 1)) + junk);

/** A body for one of the shapes: right, nearly right, and nothing of the kind. */
export function bodyFor(shapes: JsonSchema[], words: string[]): fc.Arbitrary<Uint8Array | null> {
  const right = fc.oneof(...[...shapes, {}].map((shape) => valueFor(shape, words)));
  const text = fc.oneof(
    { weight: 5, arbitrary: right.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: nearly(right).map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: brokenJson },
    { weight: 1, arbitrary: withPrototype(right) },
    { weight: 1, arbitrary: fc.oneof({ weight: 9, arbitrary: nastyText }, deep) },
  );
  const blank = fc.constantFrom(64 * 1024, 65 * 1024).map((size) => Buffer.alloc(size, " "));
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 12, arbitrary: text.map((content): Uint8Array => Buffer.from(content)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    { weight: 1, arbitrary: blank },
  );
}

/** One field is something else, is not there, or is one too many. */
function nearly(right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(right, fc.nat(), nastyText, anyJson).map(([value, at, name, other]) => {
    if (typeof value !== "object" || value === null) return other;
    const names = [...Object.keys(value), name];
    return { ...value, [names[at % names.length] ?? name]: other };
  });
}

/** As text: in an object of ours the name would mean its prototype. */
function withPrototype(right: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const prototype = '{"__proto__":{"enabled":true,"names":["comfy"]},';
  return right.map((value) => JSON.stringify(value ?? {}).replace("{", prototype));
}

function valueFor(schema: JsonSchema, words: string[]): fc.Arbitrary<unknown> {
  const inner = (one: JsonSchema | boolean | undefined) =>
    typeof one === "object" ? valueFor(one, words) : anyJson;
  if (schema.enum) return fc.constantFrom(...(schema.enum as unknown[]));
  if (schema.const !== undefined) return fc.constant(schema.const as unknown);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(inner));
  switch (schema.type) {
    case "object": {
      const { properties = {}, required = [] } = schema;
      const fields = Object.entries(properties).map(([name, one]) => [name, inner(one)]);
      return fc.record(Object.fromEntries(fields), { requiredKeys: required as never[] });
    }
    case "array":
      return fc.array(inner(schema.items as JsonSchema), { maxLength: 4 });
    case "string":
      return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...words) }, matching(schema));
    case "integer":
      return fc.integer();
    case "number":
      return fc.double();
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return anyJson;
  }
}

function matching({ pattern, format, maxLength = 40 }: JsonSchema): fc.Arbitrary<string> {
  if (format === "date-time")
    return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (pattern) return fc.stringMatching(new RegExp(pattern), { maxLength: 40 });
  return fc.string({ unit: "grapheme", maxLength: Math.min(maxLength, 40) });
}
