import { useRunningJobs } from "@/components/updates/use-updating";
import type { Service } from "@/lib/contract/services";
import { needOf } from "./format";
import { Lamp } from "./lamp";
import { isUp, needsYou, type Sign, signOf } from "./states";

type AnnunciatorProps = { services: Service[]; staleSince: string | null };

/** Every service's lamp, in fixed order, and what they come to. A phone shows each sign once. */
export function Annunciator({ services, staleSince }: AnnunciatorProps) {
  const up = services.filter(isUp).length;
  const down = services.filter(needsYou).length;
  const updating = new Set(useRunningJobs().map(({ name }) => name));
  const signs = services.map((service): Sign => {
    if (staleSince !== null) return "unknown";
    return updating.has(service.name) ? "updating" : signOf(service);
  });
  const isRepeated = (at: number) => signs.some((sign, index) => index < at && sign === signs[at]);
  return (
    <section className="annunciator" aria-label="At a glance">
      <ol>
        {services.map((service, index) => (
          <li key={service.name} className={isRepeated(index) ? repeated : undefined}>
            {staleSince === null ? (
              <Lamp service={service} sign={signs[index] ?? signOf(service)} />
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
              <span className="not-on-phones font-normal text-muted">, {needOf(down)}</span>
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

const repeated = "max-[599px]:sr-only";
