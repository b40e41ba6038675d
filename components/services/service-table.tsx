"use client";

import clsx from "clsx";
import type { ReactNode } from "react";
import { Checkbox } from "@/components/ui/checkbox";
import { ErrorPart } from "@/components/ui/error-part";
import { Cell, ColumnHeader, Row, RowGroup, Table } from "@/components/ui/table";
import type { Service } from "@/lib/contract/services";
import { useRowKeys } from "./row-keys";
import { useSelection } from "./selection";
import { ServiceRow } from "./service-row";
import { useStaleSince } from "./stale";

export function ServiceTable({ services }: { services: Service[] }) {
  const isStale = useStaleSince() !== null;
  useRowKeys();
  return (
    <Table aria-label="Services" className={clsx("service-table card", isStale && "stale")}>
      <Head services={services} />
      {services.map((service) => (
        <ErrorPart key={service.name} name={`The row of ${service.display}`} frame={inRow}>
          <ServiceRow service={service} />
        </ErrorPart>
      ))}
    </Table>
  );
}

function inRow(face: ReactNode) {
  return (
    <RowGroup className="service">
      <Row>
        <Cell>{face}</Cell>
      </Row>
    </RowGroup>
  );
}

function Head({ services }: { services: Service[] }) {
  const { selected, select } = useSelection();
  const selectable = services.filter(({ self }) => !self).map(({ name }) => name);
  const isAll = selectable.length > 0 && selectable.every((name) => selected.has(name));
  return (
    <Row className="service-head">
      <ColumnHeader className="pick">
        <Checkbox
          aria-label="Select all"
          checked={isAll}
          indeterminate={selected.size > 0 && !isAll}
          onChange={(on) => select(selectable, on)}
        />
      </ColumnHeader>
      <ColumnHeader>
        <span className="sr-only">Sign</span>
      </ColumnHeader>
      <ColumnHeader>Service</ColumnHeader>
      <ColumnHeader>State</ColumnHeader>
      <ColumnHeader className="cell-day">Last 24 h</ColumnHeader>
      <ColumnHeader>Version</ColumnHeader>
      <ColumnHeader>Autostart</ColumnHeader>
      <ColumnHeader>
        <span className="sr-only">Actions</span>
      </ColumnHeader>
    </Row>
  );
}
