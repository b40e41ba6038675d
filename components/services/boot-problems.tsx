"use client";

import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { HideButton } from "./hide-button";

/** More than these would push the services off a phone. */
const SHOWN = 2;

type BootProblemsProps = { problems: string[]; onHide: () => void };

export function BootProblems({ problems, onHide }: BootProblemsProps) {
  const [isOpen, setIsOpen] = useState(problems.length <= SHOWN + 1);
  const shown = isOpen ? problems : problems.slice(0, SHOWN);
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return (
    <section className="notice warn card" aria-label="Boot">
      <TriangleAlert strokeWidth={1.75} aria-hidden="true" />
      <p>
        <strong>This boot had {count}</strong>
      </p>
      <div className="notice-end">
        <HideButton onHide={onHide} />
      </div>
      <ul className="notice-more">
        {shown.map((problem) => (
          <li key={problem} className="wrap-anywhere">
            {problem}
          </li>
        ))}
        {isOpen ? null : (
          <li>
            <button type="button" className="link" onClick={() => setIsOpen(true)}>
              Show {problems.length - SHOWN} more
            </button>
          </li>
        )}
      </ul>
    </section>
  );
}
