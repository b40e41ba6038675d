import type { Activity } from "../../lib/contract/activity";
import { listen } from "./client";
import type { Random } from "./random";
import type { World } from "./world";

type Look = (world: World, random: Random) => Promise<unknown>;

const LINES = "an ordinary line of a service that says a lot, with step=123 loss=0.0456\n".repeat(
  50,
);

const get =
  (path: string): Look =>
  ({ ask }) =>
    ask(path);

const stream =
  (path: string, pieces: number): Look =>
  ({ machine, headers }, { below }) =>
    listen(`${machine.url}${path}`, headers, 1 + below(pieces));

/** What was shown is on the disk, and stays there as it is. */
const activity: Look = async ({ ask, shown }) => {
  const { status, body } = await ask("/api/activity?limit=100");
  if (status !== 200) return;
  for (const entry of (body as Activity).entries) shown.set(entry.id, JSON.stringify(entry));
};

/** Copilot does not run: what it says is written here. */
const talk: Look = async ({ machine }) => machine.append("copilot.out.log", LINES);

export const LOOKS: readonly { share: number; look: Look }[] = [
  { share: 6, look: get("/api/services") },
  { share: 2, look: get("/api/services/comfy/update/status") },
  { share: 2, look: get("/api/updates/jobs") },
  { share: 1, look: get("/api/services/versions") },
  { share: 1, look: get("/api/services/comfy/update/plan") },
  { share: 2, look: get("/api/services/copilot/log?lines=200") },
  { share: 2, look: get("/api/services/copilot/log/search?q=loss") },
  { share: 1, look: get("/api/services/copilot/log/search?q=(a%2B)%2B%24&regex=true") },
  { share: 1, look: get("/api/services/copilot/log/download?stream=out") },
  { share: 1, look: get("/api/support") },
  { share: 3, look: stream("/api/events", 5) },
  { share: 3, look: stream("/api/services/copilot/log/stream", 5) },
  { share: 4, look: activity },
  { share: 4, look: talk },
];
