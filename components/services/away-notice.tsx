import { Unplug } from "lucide-react";
import { ApiError } from "@/lib/client/api";
import { sentenceOf } from "./errors";
import { formatClock, formatDuration } from "./format";

type AwayNoticeProps = { error: Error; since: Date; age: number };

export function AwayNotice({ error, since, age }: AwayNoticeProps) {
  const who = whoIsAway(error);
  return (
    <section className="notice unknown card" aria-label="Connection">
      <Unplug strokeWidth={1.75} aria-hidden="true" />
      <div>
        <p>
          <strong>
            {who} does not answer since {formatClock(since)}.
          </strong>{" "}
          What you see is {formatDuration(age)} old. Trying again every second; nothing needs to be
          done if it is restarting.
        </p>
        <p className="text-muted">{reasonOf(error)}</p>
      </div>
    </section>
  );
}

/** supervisord's absence is told by ControlPilot; of its own it can tell nothing. */
export function whoIsAway(error: Error) {
  const isSupervisord = error instanceof ApiError && error.code === "unavailable";
  return isSupervisord ? "supervisord" : "ControlPilot";
}

export function reasonOf(error: Error) {
  if (error instanceof ApiError && error.code !== "unreachable") return error.message;
  if (error instanceof ApiError || error.name === "TimeoutError") {
    return (
      <>
        The services themselves run on. If it stays away, type in a terminal of the machine:{" "}
        <code>supervisorctl start controlpilot</code>
      </>
    );
  }
  return sentenceOf(error);
}
