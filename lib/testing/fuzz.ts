import * as fc from "fast-check";

const DEFAULT_SEED = 20_260_211;
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 10_000);

export const FUZZ = { seed: seedFrom(process.env.FUZZ_SEED), requests: REQUESTS };
/** Of each property of a parser. */
const TEXTS = Math.ceil(REQUESTS / 20);

/** The suite does the same each time; `random` looks elsewhere, and a failure names the seed. */
function seedFrom(wish: string | undefined): number {
  if (wish === "random") return Math.trunc(Math.random() * 2 ** 31);
  return Number(wish ?? DEFAULT_SEED);
}

/** Throws with the least for which it does not hold. */
export function forAll<Values extends unknown[]>(
  inputs: { [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
  holds: (...values: Values) => void,
): void {
  const property = fc.property(fc.tuple(...inputs), (values) => holds(...(values as Values)));
  void fc.assert(property, { seed: FUZZ.seed, numRuns: TEXTS });
}

/** As `forAll`, where it takes a while to know. */
export async function forAllSoon<Value>(
  input: fc.Arbitrary<Value>,
  holds: (value: Value) => Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(input, holds);
  await fc.assert(property, { seed: FUZZ.seed, numRuns: Math.ceil(TEXTS / 4) });
}

/** A JSON object, of which one field is left out, doubled inside it, or something else. */
export function damaged(right: object): fc.Arbitrary<string> {
  const broken = fc
    .tuple(fc.constantFrom(...Object.keys(right)), fc.jsonValue())
    .map(([name, other]) => JSON.stringify({ ...right, [name]: other }));
  const cut = fc.nat().map((at) => JSON.stringify(right).slice(0, at % 500));
  return fc.oneof(broken, cut, fc.json(), fc.constant(JSON.stringify(right)));
}

/** A text of these pieces in any order. */
export function textOnlyOf(...pieces: string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength: 16 }).map((all) => all.join(""));
}

/** Half a character too. fast-check's own "binary" takes a second to begin with. */
export const anyUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code));

/** A text of these pieces in any order, with anything at all between them. */
export function textOf(...pieces: string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: anyUnit, maxLength: 8 }) },
    { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  );
  return fc.array(piece, { maxLength: 24 }).map((all) => all.join(""));
}

/** The text in pieces, cut anywhere. */
export function cutsOf(
  most = 6,
): fc.Arbitrary<
  <T extends { length: number; slice: (from: number, to: number) => T }>(whole: T) => T[]
> {
  return fc.array(fc.nat(), { maxLength: most }).map((places) => (whole) => {
    const at = places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b);
    return [0, ...at].map((from, index) => whole.slice(from, at[index] ?? whole.length));
  });
}
