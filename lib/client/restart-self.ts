import type { ActionAnswer, Service } from "@/lib/contract/services";
import { ApiError } from "./api";

const RETURN_TIMEOUT_MS = 60_000;
const LOOK_MS = 250;

type Ways = { ask: () => Promise<ActionAnswer>; look: () => Promise<Service[]> };

/**
 * Restarts ControlPilot and resolves when it has come back. Its answer may be lost with the process that
 * gives it, so only a new pid tells.
 */
export async function restartSelf(self: Service, { ask, look }: Ways): Promise<ActionAnswer> {
  const answer = await ask().catch((error: unknown) => {
    if (error instanceof ApiError && error.code !== "unreachable") throw error;
    return { status: "accepted" as const };
  });
  const deadline = Date.now() + RETURN_TIMEOUT_MS;
  while (Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const services = await look().catch(() => []);
    if (services.some((s) => s.self && s.running && s.pid !== self.pid)) return answer;
  }
  throw new ApiError(
    "unavailable",
    `It has not come back within a minute. In a terminal of the machine: supervisorctl start ${self.name}`,
  );
}
