import { LoaderCircle } from "lucide-react";

export function Restarting() {
  return (
    <section className="notice accent card" role="status">
      <LoaderCircle className="animate-spin motion-reduce:animate-none" aria-hidden="true" />
      <p>
        <strong>ControlPilot restarts.</strong> This page reconnects by itself.
      </p>
    </section>
  );
}
