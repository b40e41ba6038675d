import type { ComponentProps } from "react";

type Role = "table" | "rowgroup" | "row" | "columnheader" | "cell";

/** Table elements lose their meaning when they are not laid out as a table, so a grid needs the roles. */
function part(role: Role) {
  return function TablePart(props: ComponentProps<"div">) {
    return <div role={role} {...props} />;
  };
}

export const Table = part("table");
export const RowGroup = part("rowgroup");
export const Row = part("row");
export const ColumnHeader = part("columnheader");
export const Cell = part("cell");
