import type { Service } from "@/lib/contract/services";
import { Lamp } from "./lamp";
import { needsYou } from "./states";

type AnnunciatorProps = { services: Service[]; staleSince: string | null };

/** Every service's lamp, in fixed order, and what they come to. */
export function Annunciator({ services, staleSince }: AnnunciatorProps) {
  const up = services.filter((service) => service.running).length;
  const down = services.filter(needsYou).length;
  return (
    <section className="annunciator" aria-label="At a glance">
      <ol>
        {services.map((service) => (
          <li key={service.name}>
            {staleSince === null ? (
              <Lamp service={service} />
            ) : (
              <Lamp service={service} sign="unknown" word={`Unknown since ${staleSince}`} />
            )}
          </li>
        ))}
      </ol>
      <p role="status" className="font-medium">
        {staleSince === null ? (
          <>
            <span className="font-strong">
              {up} of {services.length} up
            </span>
            {down === 0 ? null : (
              <span className="not-on-phones font-normal text-muted">, {down} need you</span>
            )}
          </>
        ) : (
          <>
            Unknown<span className="not-on-phones"> since {staleSince}</span>
          </>
        )}
      </p>
    </section>
  );
}
