import { useState } from "react";
import { countOf } from "@/components/services/format";
import type { UpdatePlan } from "@/lib/contract/updates";
import { formatAge } from "./format";

const FIRST = 5;

export function Commits({ plan }: { plan: UpdatePlan }) {
  const [isAll, setIsAll] = useState(false);
  const { commits, commits_total: total, is_downgrade } = plan;
  if (total === 0 || commits.length === 0) return null;
  const shown = isAll ? commits : commits.slice(0, FIRST);
  const unlisted = total - commits.length;
  return (
    <section className="plan-section">
      <h3>
        {is_downgrade ? "What goes" : "What is new"} <span>{countOf(total, "commit")}</span>
      </h3>
      <ol className="commits">
        {shown.map(({ sha, subject, author, date }) => (
          <li key={sha}>
            <code>{sha.slice(0, 7)}</code>
            <span>{subject}</span>
            <span className="commit-by">
              {author}, <time dateTime={date}>{formatAge(new Date(date))}</time>
            </span>
          </li>
        ))}
      </ol>
      {!isAll && commits.length > FIRST ? (
        <button type="button" className="link" onClick={() => setIsAll(true)}>
          {total - FIRST} more commits
        </button>
      ) : null}
      {isAll && unlisted > 0 ? (
        <p className="second-line">and {countOf(unlisted, "older commit")}</p>
      ) : null}
    </section>
  );
}
