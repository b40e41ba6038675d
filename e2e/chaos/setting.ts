type Value = string | boolean | null | undefined;

/**
 * Something that is set from outside. What it may be, once the server was killed: what was answered
 * last, or what was asked for since and not answered.
 */
export class Setting<T extends Value> {
  private possible: Set<T>;
  isBeingSet = false;

  constructor(
    private readonly what: string,
    value: T,
  ) {
    this.possible = new Set([value]);
  }

  mayBecome(value: T): void {
    this.possible.add(value);
  }

  isNow(value: T): void {
    this.possible = new Set([value]);
  }

  /** It goes by another one from now on. */
  follows(other: Setting<T>): void {
    this.possible = new Set(other.possible);
  }

  mayBe(value: T): boolean {
    return this.possible.has(value);
  }

  /** Throws where it may not be so. */
  found(value: T): void {
    if (!this.mayBe(value)) {
      const possible = [...this.possible].join(" or ");
      throw new Error(`${this.what} is ${value}, and was answered to be ${possible}.`);
    }
    this.isNow(value);
  }
}

/**
 * Sets what stands in one or several places, and notes what they may be while there is no answer. Null,
 * and nothing is asked, while another one sets it: which of two came last would not be known.
 */
export async function change<T extends Value, A extends { status: number }>(
  settings: readonly Setting<T>[],
  value: T,
  ask: () => Promise<A>,
): Promise<A | null> {
  if (settings.some(({ isBeingSet }) => isBeingSet)) return null;
  for (const setting of settings) {
    setting.isBeingSet = true;
    setting.mayBecome(value);
  }
  try {
    const answer = await ask();
    if (answer.status === 200) for (const setting of settings) setting.isNow(value);
    return answer;
  } finally {
    for (const setting of settings) setting.isBeingSet = false;
  }
}
