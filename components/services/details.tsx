"use client";

import { ErrorPart } from "@/components/ui/error-part";
import { Cell, Row } from "@/components/ui/table";
import type { Service } from "@/lib/contract/services";
import { Facts } from "./facts";
import { TimeLine } from "./history/time-line";
import { needsYou } from "./states";
import { Why } from "./why";

/** What opens under a row: why it is down, if it is, what is known of it, and what happened to it. */
export function Details({ service, id }: { service: Service; id: string }) {
  const isDown = needsYou(service);
  return (
    <Row id={id}>
      <Cell className="details">
        {isDown ? (
          <ErrorPart name={`Why ${service.display} is down`}>
            <Why service={service} />
          </ErrorPart>
        ) : null}
        <ErrorPart name={`What is known of ${service.display}`}>
          <Facts service={service} isWide={!isDown} />
        </ErrorPart>
        <ErrorPart name={`What happened to ${service.display}`}>
          <TimeLine service={service} />
        </ErrorPart>
      </Cell>
    </Row>
  );
}
