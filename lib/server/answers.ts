import { AppError } from "./errors";

export type Ask<T> = (signal: AbortSignal) => Promise<T>;

export type Answer<T> = {
  /** The last good one, however old. */
  value: T | null;
  answeredAt: number | null;
  /** Why the last question brought nothing; null where it did. */
  failure: unknown;
  /** Settles with the question that is on its way, never later than its deadline, and never fails. */
  pending: Promise<void> | null;
};

type Kept<T> = Answer<T> & { about: string; askedAt: number | null; stop: AbortController };

/** A question that was ended because nobody answered it in time. */
export class DeadlineError extends AppError {
  constructor(readonly seconds: number) {
    super("unavailable", `There was no answer in ${seconds} s.`);
  }
}

/**
 * Keeps the last answer to each question, which may be slow or fail. However many ask: one question
 * at a time for each key, and none while the answer is young enough.
 */
export function createAnswers<T>(settings: {
  keepMs: number;
  /** After a failure. */
  retryMs: number;
  deadlineMs: number;
  now: () => number;
}) {
  const kept = new Map<string, Kept<T>>();

  function isDue({ askedAt, answeredAt, failure }: Kept<T>): boolean {
    if (askedAt === null) return true;
    const [since, limit] =
      failure === null ? [answeredAt ?? askedAt, settings.keepMs] : [askedAt, settings.retryMs];
    return settings.now() - since >= limit;
  }

  async function question(entry: Kept<T>, ask: Ask<T>): Promise<void> {
    try {
      entry.value = await withDeadline(ask, settings.deadlineMs, entry.stop.signal);
      entry.answeredAt = settings.now();
      entry.failure = null;
    } catch (error) {
      entry.failure = error;
    } finally {
      entry.pending = null;
    }
  }

  return {
    /**
     * What is known of `key`, which goes on changing while a question is on its way. An answer about
     * something else is forgotten. Asks nothing where `ask` is null.
     */
    look(
      key: string,
      { about, ask, refresh }: { about: string; ask: Ask<T> | null; refresh: boolean },
    ): Readonly<Answer<T>> {
      const known = kept.get(key);
      const entry = known?.about === about ? known : unanswered<T>(about);
      if (known !== entry) known?.stop.abort();
      kept.set(key, entry);
      if (ask && !entry.pending && (refresh || isDue(entry))) {
        entry.askedAt = settings.now();
        entry.pending = question(entry, ask);
      }
      return entry;
    },
  };
}

function unanswered<T>(about: string): Kept<T> {
  const nothing = { value: null, answeredAt: null, askedAt: null, failure: null, pending: null };
  return { ...nothing, about, stop: new AbortController() };
}

/** The signal ends what was begun to find the answer; one that does not listen is not waited for. */
export async function withDeadline<T>(
  ask: Ask<T>,
  deadlineMs: number,
  outer?: AbortSignal,
): Promise<T> {
  const deadline = new AbortController();
  const late = new DeadlineError(Math.ceil(deadlineMs / 1000));
  const timer = setTimeout(() => deadline.abort(late), deadlineMs);
  const signal = outer ? AbortSignal.any([deadline.signal, outer]) : deadline.signal;
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    return await Promise.race([ask(signal), aborted]);
  } finally {
    clearTimeout(timer);
  }
}
