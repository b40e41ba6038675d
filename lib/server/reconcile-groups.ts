/** What is begun for each service, by its name. */
type Phase<T> = ReadonlyMap<string, Promise<T>>;

/** The services in groups that share their folders, for work that goes on in phases. */
export async function createGroups(
  names: readonly string[],
  sharing: (name: string) => Promise<string[]>,
) {
  const groups = new Map(
    await Promise.all(names.map(async (name) => [name, [name, ...(await sharing(name))]] as const)),
  );

  /** Ends when the whole group of a service is through that phase. */
  async function through(phase: Phase<unknown>, name: string): Promise<void> {
    await Promise.all((groups.get(name) ?? []).map((other) => phase.get(other)));
  }

  return {
    /** Begins a phase for all services, each once its group is through the phase before. */
    begin<T>(after: Phase<unknown> | null, work: (name: string) => Promise<T>): Phase<T> {
      const workOf = async (name: string) => {
        if (after) await through(after, name);
        return work(name);
      };
      return new Map([...groups.keys()].map((name) => [name, workOf(name)]));
    },

    /** Work of which no two of a group are ever done at the same time. */
    createTurns() {
      const turns = new Map<string, Promise<unknown>>();
      return <T>(name: string, work: () => Promise<T>): Promise<T> => {
        const turn = through(turns, name).then(work);
        turns.set(
          name,
          turn.catch(() => {}),
        );
        return turn;
      };
    },
  };
}
