import { Tag } from "@/components/ui/tag";
import { serviceUrl } from "@/lib/client/services";
import type { Service } from "@/lib/contract/services";
import { ExternalLink } from "./icons";

/** The name, a link where the service can be opened, and the port it listens on. */
export function ServiceAddress({ service }: { service: Service }) {
  const url = serviceUrl(service, window.location);
  return (
    <>
      {url === null ? (
        <span className="service-name">
          <span className="truncate">{service.display}</span>
        </span>
      ) : (
        <a
          className="service-name"
          href={url}
          target="_blank"
          rel="noreferrer"
          data-key="o"
          title={`Open ${service.display} in a new tab`}
        >
          <span className="truncate">{service.display}</span>
          <ExternalLink strokeWidth={1.75} aria-hidden="true" />
        </a>
      )}
      <span className="service-address">
        {service.port === null ? "no page" : <span className="font-mono">:{service.port}</span>}
        {service.stand_in ? <Tag className="border-dashed">stand-in</Tag> : null}
        {service.self ? <Tag>this page</Tag> : null}
      </span>
    </>
  );
}
