import { randomBytes } from "node:crypto";

/**
 * A server listens before its front door stands: what came in until then was judged by nobody, and
 * waits for the first page like everything else. The door marks what it lets in, with a word that is
 * new at each start.
 */
const door = globalThis as { controlPilotDoorMark?: string };

export const DOOR_HEADER = "x-controlpilot-door";

/** From now on only what bears the mark is answered. */
export function markOfDoor(): string {
  door.controlPilotDoorMark ??= randomBytes(16).toString("hex");
  return door.controlPilotDoorMark;
}

/** True for everything in a process that has no door. */
export function cameThroughDoor(headers: Headers): boolean {
  const { controlPilotDoorMark } = door;
  return controlPilotDoorMark === undefined || headers.get(DOOR_HEADER) === controlPilotDoorMark;
}
