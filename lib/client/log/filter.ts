import { matches } from "./find";
import type { Block, Entry, Level } from "./types";

export interface Filter {
  levels: ReadonlySet<Level>;
  /** As in "comfy err"; null is all of them. */
  sources: ReadonlySet<string> | null;
  only: RegExp | null;
  exclude: RegExp | null;
}

/** Whether a line of a record matches `only`, and whether one matches `exclude`. */
type Verdict = { readonly only: boolean; readonly exclude: boolean };
type Verdicts = ReadonlyMap<number, Verdict>;

/** What is known of a block under one filter. */
interface Judged {
  readonly verdicts: Verdicts;
  /** Records that begin in a block before. */
  readonly continued: readonly number[];
  /** By its own verdicts alone. */
  readonly indexes: readonly number[];
  /** By those of its neighbours too, when they were last asked. */
  joined: { key: string; indexes: readonly number[] } | null;
}

/** The beginning of a record is looked for in so many blocks before. */
const REACH = 40;

const known = new WeakMap<Filter, WeakMap<Block, Judged>>();

/** The indexes of the entries to be seen; records are judged by their lines in this block. */
export function visibleIn(block: Block, filter: Filter): readonly number[] {
  return judge(block, filter).indexes;
}

/** The same for neighbours, with records judged by their lines in all of the blocks. */
export function visibleInAll(
  blocks: readonly Block[],
  filter: Filter,
): readonly (readonly number[])[] {
  const shared = sharedVerdicts(blocks, filter);
  return blocks.map((block, i) => {
    const others = shared.get(i);
    return others ? visibleWith(block, others, filter) : visibleIn(block, filter);
  });
}

function judge(block: Block, filter: Filter): Judged {
  const ofFilter = known.get(filter) ?? new WeakMap<Block, Judged>();
  known.set(filter, ofFilter);
  const before = ofFilter.get(block);
  if (before) return before;
  const verdicts = verdictsIn(block, filter);
  const begun = new Set(block.entries.map(({ id }) => id));
  const judged: Judged = {
    verdicts,
    continued: [...verdicts.keys()].filter((record) => !begun.has(record)),
    indexes: indexesOf(block, verdicts, filter),
    joined: null,
  };
  ofFilter.set(block, judged);
  return judged;
}

function verdictsIn({ entries }: Block, { only, exclude }: Filter): Verdicts {
  const verdicts = new Map<number, Verdict>();
  if (only === null && exclude === null) return verdicts;
  for (const entry of entries) {
    if (entry.kind === "mark") continue;
    const { text } = entry.line;
    const own = {
      only: only !== null && matches(text, only),
      exclude: exclude !== null && matches(text, exclude),
    };
    verdicts.set(entry.record, either(verdicts.get(entry.record), own));
  }
  return verdicts;
}

/** By the index of a block: the verdicts on those of its records that other blocks hold lines of. */
function sharedVerdicts(
  blocks: readonly Block[],
  filter: Filter,
): Map<number, Map<number, Verdict>> {
  const shared = new Map<number, Map<number, Verdict>>();
  blocks.forEach((block, last) => {
    for (const record of judge(block, filter).continued) {
      const parts = partsOf(record, last, blocks, filter);
      const verdict = parts.map((part) => part.verdict).reduce(either);
      for (const { index } of parts) {
        shared.set(index, (shared.get(index) ?? new Map<number, Verdict>()).set(record, verdict));
      }
    }
  });
  return shared;
}

/** The blocks with lines of a record, from the one at `last` back to where it begins. */
function partsOf(record: number, last: number, blocks: readonly Block[], filter: Filter) {
  const parts: { index: number; verdict: Verdict }[] = [];
  for (let index = last; index >= Math.max(0, last - REACH); index--) {
    const block = blocks[index];
    const judged = block && judge(block, filter);
    const verdict = judged?.verdicts.get(record);
    if (verdict) parts.push({ index, verdict });
    if (verdict && !judged?.continued.includes(record)) break;
  }
  return parts;
}

function visibleWith(block: Block, others: Verdicts, filter: Filter): readonly number[] {
  const judged = judge(block, filter);
  const key = JSON.stringify(
    [...others].map(([record, { only, exclude }]) => [record, only, exclude]),
  );
  if (judged.joined?.key !== key) {
    const verdicts = new Map([...judged.verdicts, ...others]);
    judged.joined = { key, indexes: indexesOf(block, verdicts, filter) };
  }
  return judged.joined.indexes;
}

function indexesOf({ entries }: Block, verdicts: Verdicts, filter: Filter): readonly number[] {
  return entries.flatMap((entry, i) => (isVisible(entry, verdicts, filter) ? i : []));
}

function isVisible(entry: Entry, verdicts: Verdicts, filter: Filter): boolean {
  if (entry.kind === "mark") return filter.only === null;
  const { levels, sources, only } = filter;
  const verdict = verdicts.get(entry.record);
  if (!levels.has(entry.level) || verdict?.exclude) return false;
  if (sources && !sources.has(`${entry.service} ${entry.stream}`)) return false;
  return only === null || verdict?.only === true;
}

function either(a: Verdict | undefined, b: Verdict): Verdict {
  return a ? { only: a.only || b.only, exclude: a.exclude || b.exclude } : b;
}
