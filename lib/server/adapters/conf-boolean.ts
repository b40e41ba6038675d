const WORDS: [off: string, on: string][] = [
  ["false", "true"],
  ["no", "yes"],
  ["off", "on"],
  ["0", "1"],
];

/** What supervisor takes the word for; null where it refuses it. */
export function readBoolean(word: string): boolean | null {
  const pair = findPair(word);
  return pair ? pair[1] === word.toLowerCase() : null;
}

/** The word for `enabled` in the manner of the one in place: `No` becomes `Yes`, not `true`. */
export function writeBoolean(enabled: boolean, inPlace: string): string {
  const word = findPair(inPlace)?.[enabled ? 1 : 0] ?? String(enabled);
  if (!findPair(inPlace) || inPlace === inPlace.toLowerCase()) return word;
  if (inPlace === inPlace.toUpperCase()) return word.toUpperCase();
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function findPair(word: string) {
  return WORDS.find((pair) => pair.includes(word.toLowerCase()));
}
