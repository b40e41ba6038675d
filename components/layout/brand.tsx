export function Brand() {
  return (
    <div className="brand">
      <svg viewBox="0 0 28 28" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
        <circle cx="14" cy="14" r="12.2" />
        <path d="M3.6 17.2 24.4 11a11 11 0 0 1-20.8 6.2z" fill="currentColor" stroke="none" />
        <path d="M8 9.2h4.2L14 11l1.8-1.8H20" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      <div>
        <p className="text-14 font-strong tracking-[-0.01em]">LoRA Pilot</p>
        <p className="text-12 text-muted">ControlPilot</p>
      </div>
    </div>
  );
}
