const rows = Array.from({ length: 9 }, (_, index) => index);

/** As tall as what it stands for, so that nothing jumps when that arrives. */
export function Skeleton() {
  return (
    <>
      <p role="status" className="sr-only">
        Loading services
      </p>
      <div className="tools" aria-hidden="true">
        <div className="field" />
      </div>
      <div className="service-table card" aria-hidden="true">
        <div className="service-head" />
        {rows.map((row) => (
          <div key={row} className="service">
            <div className="service-row skeleton-row">
              <div className="pick" />
              <div className="cell-lamp">
                <div className="skeleton size-3.5 rounded-full" />
              </div>
              <div className="cell-name">
                <div className="skeleton h-3.5 w-28" />
              </div>
              <div className="cell-state">
                <div className="skeleton h-3.5 w-36" />
              </div>
              <div className="cell-day" />
              <div className="cell-version" />
              <div className="cell-autostart" />
              <div className="cell-actions" />
            </div>
          </div>
        ))}
      </div>
    </>
  );
}
