import type { Refs } from "@/lib/client/update-details";
import { formatAge } from "./format";

type Ref = {
  /** Absent: the newest, whatever that is. */
  value: string | undefined;
  name: string;
  note: string;
};

export type RefGroup = { title: string; refs: Ref[]; hidden: number };

const MOST_OF_A_KIND = 8;

/** What fits to what is typed, by kind. */
export function suggestions(refs: Refs, text: string): RefGroup[] {
  const sought = text.trim().toLowerCase();
  const all: [string, Ref[]][] = [
    ["Newest", [{ value: undefined, name: "The newest", note: "" }]],
    ["Versions", refs.versions.map((version) => ({ value: version, name: version, note: "" }))],
    ["Branches", refs.branches.map(named)],
    ["Tags", refs.tags.map(named)],
    [
      "Commits",
      refs.commits.map(({ sha, subject, date }) => ({
        value: sha,
        name: sha.slice(0, 7),
        note: `${subject}, ${formatAge(new Date(date))} old`,
      })),
    ],
  ];
  return all.flatMap(([title, group]) => {
    const fitting = group.filter((ref) => fits(ref, sought));
    const shown = fitting.slice(0, MOST_OF_A_KIND);
    const hidden = fitting.length - shown.length;
    return shown.length === 0 ? [] : [{ title, refs: shown, hidden }];
  });
}

function named({ name, sha }: { name: string; sha: string }): Ref {
  return { value: name, name, note: sha.slice(0, 7) };
}

function fits({ value, name, note }: Ref, sought: string): boolean {
  return [value ?? "", name, note].some((part) => part.toLowerCase().includes(sought));
}
