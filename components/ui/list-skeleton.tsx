const ROWS = [0, 1, 2, 3, 4, 5];

/** As tall as a list with its tools, so that nothing jumps when that arrives. `word` says what is awaited. */
export function ListSkeleton({ word }: { word: string }) {
  return (
    <>
      <p role="status" className="sr-only">
        {word}
      </p>
      <div className="tools" aria-hidden="true">
        <div className="field" />
      </div>
      <div className="card divide-y divide-border" aria-hidden="true">
        {ROWS.map((row) => (
          <div key={row} className="flex h-14 items-center gap-8 px-4">
            <div className="skeleton size-3.5 rounded-full" />
            <div className="skeleton h-3.5 w-24" />
            <div className="skeleton h-3.5 w-40" />
          </div>
        ))}
      </div>
    </>
  );
}
