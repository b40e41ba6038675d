"use client";

import { Eye, ShieldAlert } from "lucide-react";
import { sentenceOf } from "@/components/services/errors";
import { Button, buttonClass } from "@/components/ui/button";
import { useSetMeant } from "@/lib/client/access";
import { useMay } from "@/lib/client/session";
import "./access.css";

export function OpenNotice() {
  const setMeant = useSetMeant();
  return (
    <section className="notice warn card access-notice" aria-label="Access">
      <ShieldAlert strokeWidth={1.75} aria-hidden="true" />
      <div>
        <p>
          <strong>Anyone who reaches this address controls this machine.</strong>
        </p>
        <p role="alert" className="field-error">
          {setMeant.error ? sentenceOf(setMeant.error) : null}
        </p>
      </div>
      <div className="notice-end">
        <a className={buttonClass("primary", "small")} href="/settings#password">
          Set a password
        </a>
        <Button size="small" disabled={setMeant.isPending} onClick={() => setMeant.mutate(true)}>
          This is meant
        </Button>
      </div>
    </section>
  );
}

export function ReaderNotice() {
  return (
    <section className="notice card" aria-label="Access">
      <Eye strokeWidth={1.75} aria-hidden="true" />
      <p>{useMay().why}</p>
    </section>
  );
}
