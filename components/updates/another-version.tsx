import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { sentenceOf } from "@/components/services/errors";
import { Button } from "@/components/ui/button";
import { openPlan } from "@/lib/client/update-address";
import { updateRefsQuery } from "@/lib/client/update-details";
import { type RefGroup, suggestions } from "./suggestions";

/** Any version, branch, tag or commit, with those that are known to choose from. */
export function AnotherVersion({ name }: { name: string }) {
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const refs = useQuery(updateRefsQuery(name));
  useEffect(() => field.current?.focus(), []);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (text.trim() !== "") openPlan(name, text.trim());
  }

  return (
    <form className="another" onSubmit={submit}>
      <div className="flex gap-2">
        <label className="field flex-1">
          <Search className="size-4 flex-none" strokeWidth={1.75} aria-hidden="true" />
          <input
            type="text"
            placeholder="Version, branch, tag or commit"
            aria-label="Version, branch, tag or commit"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            ref={field}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <Button type="submit" disabled={text.trim() === ""}>
          Show
        </Button>
      </div>
      {refs.isPending ? <p className="second-line">Asking what there is</p> : null}
      {refs.error ? (
        <p className="second-line" role="alert">
          {sentenceOf(refs.error)} A version can still be typed.
        </p>
      ) : null}
      {refs.data ? (
        <Suggestions groups={suggestions(refs.data, text)} onChoose={(to) => openPlan(name, to)} />
      ) : null}
    </form>
  );
}

type SuggestionsProps = { groups: RefGroup[]; onChoose: (to: string | undefined) => void };

function Suggestions({ groups, onChoose }: SuggestionsProps) {
  if (groups.length === 0)
    return <p className="second-line">None of those known. Show tries it.</p>;
  return (
    <div className="another-list">
      {groups.map(({ title, refs, hidden }) => (
        <section key={title} aria-label={title}>
          <h3>{title}</h3>
          <ul>
            {refs.map(({ value, name, note }) => (
              <li key={name}>
                <button type="button" onClick={() => onChoose(value)}>
                  <span className="another-name">{name}</span>
                  <span className="second-line">{note}</span>
                </button>
              </li>
            ))}
          </ul>
          {hidden > 0 ? <p className="second-line">{hidden} more: type to find them</p> : null}
        </section>
      ))}
    </div>
  );
}
