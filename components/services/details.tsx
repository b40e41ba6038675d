"use client";

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
        {isDown ? <Why service={service} /> : null}
        <Facts service={service} isWide={!isDown} />
        <TimeLine service={service} />
      </Cell>
    </Row>
  );
}
