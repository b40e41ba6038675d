import { ScrollText } from "lucide-react";
import { Lamp } from "@/components/services/lamp";
import { logPageUrl } from "@/lib/client/log-page";
import type { Service } from "@/lib/contract/services";

/** Whose log is to be read. */
export function LogChoice({ services }: { services: readonly Service[] }) {
  return (
    <ul className="log-choice">
      {services.map((service) => (
        <li key={service.name}>
          <a href={logPageUrl(service.name, "both")}>
            <Lamp service={service} />
            <b>{service.display}</b>
            <span className="second-line truncate">{service.detail}</span>
          </a>
        </li>
      ))}
      <li>
        <a href={logPageUrl("supervisord", "out")}>
          <ScrollText className="size-4" strokeWidth={1.75} aria-hidden="true" />
          <b>supervisord</b>
          <span className="second-line truncate">what it started, and what ended</span>
        </a>
      </li>
    </ul>
  );
}
