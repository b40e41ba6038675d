import { Package } from "lucide-react";
import { useState } from "react";
import { countOf } from "@/components/services/format";
import type { PackageChange, UpdatePlan } from "@/lib/contract/updates";
import { Change } from "./change";

const FIRST = 3;

/** Packages where they are known before, else the lines of the requirements. */
export function PackageChanges({ plan }: { plan: UpdatePlan }) {
  const { packages, requirements_changed, requirements_diff: diff } = plan;
  const [isDiffShown, setIsDiffShown] = useState(false);
  const [isAll, setIsAll] = useState(false);
  const rest = (packages?.length ?? 0) - FIRST;

  return (
    <Change
      icon={Package}
      note={
        diff.length === 0 ? null : (
          <>
            <button
              type="button"
              className="link"
              aria-expanded={isDiffShown}
              onClick={() => setIsDiffShown(!isDiffShown)}
            >
              Difference of the requirements
            </button>
            {isDiffShown ? <Diff lines={diff} /> : null}
          </>
        )
      }
    >
      {headOf(packages, requirements_changed)}
      {packages?.length ? ": " : null}
      {packages
        ?.slice(0, isAll ? undefined : FIRST)
        .map(changeText)
        .join(", ")}
      {rest > 0 && !isAll ? (
        <>
          {" "}
          <button type="button" className="link" onClick={() => setIsAll(true)}>
            and {rest} more
          </button>
        </>
      ) : null}
    </Change>
  );
}

function headOf(packages: PackageChange[] | null, requirementsChange: boolean) {
  if (packages && packages.length > 0) return countOf(packages.length, "package");
  if (packages === null && requirementsChange) {
    return "Requirements change; the update finds out which packages";
  }
  return requirementsChange ? "Requirements change, packages do not" : "No package changes";
}

function changeText({ name, from, to }: PackageChange) {
  if (from === null) return `${name} ${to} (new)`;
  return to === null ? `${name} ${from} (goes)` : `${name} ${from} → ${to}`;
}

function Diff({ lines }: { lines: string[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys
    <section className="quote diff" tabIndex={0} aria-label="Difference of the requirements">
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines may be alike, and never move
        <div key={at} className={lineClass(line)}>
          {line}
        </div>
      ))}
    </section>
  );
}

function lineClass(line: string) {
  if (/^(\+\+\+|---|@@)/.test(line)) return "text-muted";
  if (line.startsWith("+")) return "text-running";
  return line.startsWith("-") ? "text-fatal" : undefined;
}
