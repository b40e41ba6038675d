import { LogText } from "@/components/logs/log-text";
import type { ServiceVersion, UpdateJob } from "@/lib/contract/updates";
import { EndSign, endTitle } from "./end-sign";
import { shortVersion } from "./format";
import { useLines } from "./use-lines";
import "@/components/logs/log.css";

type JobEndProps = { job: UpdateJob; version: ServiceVersion | undefined };

/** The end in one sentence, and what led to it. */
export function JobEnd({ job, version }: JobEndProps) {
  const failed = version?.failed?.job_id === job.id ? version.failed : null;
  return (
    <>
      <section className="job-end" data-state={job.whole ? job.state : "broken"}>
        <div role="status">
          <h3>
            <EndSign job={job} />
            {endTitle(job)}
          </h3>
        </div>
        {job.error === null ? null : <p className="wrap-anywhere">{job.error}</p>}
        {job.kept_branch === null ? null : (
          <p>
            Your edits are on the branch <code>{job.kept_branch}</code>.
          </p>
        )}
        {failed === null ? null : (
          <p>{shortVersion(failed.target)} is not offered again here. The next one is.</p>
        )}
      </section>
      {job.failed_log.length === 0 ? null : <FailedLog lines={job.failed_log} />}
    </>
  );
}

/** What a program wrote, so it may be coloured. */
function FailedLog({ lines }: { lines: string[] }) {
  const { blocks } = useLines(lines.join("\n"));
  return (
    <section className="plan-section">
      <h3>What failed</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with keys */}
      <section className="log failed-log" tabIndex={0} aria-label="Lines of its log">
        <LogText blocks={blocks} />
      </section>
    </section>
  );
}
