import type { ErrorBody } from "./errors";
import type { Service } from "./services";
import type { Supervisor } from "./supervisor";
import type { UpdateJob } from "./updates";

/** What `GET /api/events` sends, by the name of the event. */
export type LiveEvents = {
  /** As `GET /api/services`: at once, and whenever anything in it but the clock changes. */
  services: Service[];
  /** As `update/status`: the jobs that run at once, and any job whose state, steps or output change. */
  job: UpdateJob;
  /** As `GET /api/supervisor`, which is the reason why not while supervisord cannot be asked. */
  supervisor: Supervisor | ErrorBody;
};
