import type { AuditEntry } from "@/lib/contract/updates";

/** An update that went well, as the history of updates keeps it. */
export const AUDIT_ENTRY = {
  timestamp: "2026-11-23T10:15:00Z",
  service: "comfy",
  kind: "git",
  reason: "update",
  state: "done",
  target: null,
  before: null,
  after: null,
} satisfies AuditEntry;
