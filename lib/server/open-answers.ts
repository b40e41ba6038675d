import type { ServerResponse } from "node:http";
import type { Caller } from "@/lib/contract/access";

/** Twice so long a stream goes on, at most, to somebody who may no more. */
const LOOK_MS = 1000;

type Open = { caller: Caller; standing: string | null; isLost: boolean };

/** Cuts off answers that go on, as streams do, once whoever asked for them may no more. */
export function cutOffLostRights(standingOf: (caller: Caller) => string | null) {
  const open = new Map<ServerResponse, Open>();

  setInterval(() => {
    for (const [response, answer] of open) {
      // Whoever signs out, or sets another password, still gets the answer to that.
      if (answer.isLost) response.destroy();
      answer.isLost = standingOf(answer.caller) !== answer.standing;
    }
  }, LOOK_MS).unref();

  return function follow(response: ServerResponse, caller: Caller): void {
    open.set(response, { caller, standing: standingOf(caller), isLost: false });
    response.once("close", () => open.delete(response));
  };
}
