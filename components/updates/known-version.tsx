import { Pin, Unplug } from "lucide-react";
import type { ReactNode } from "react";
import { SignIcon } from "@/components/services/lamp";
import { useMay } from "@/lib/client/session";
import { openJob, openPlan } from "@/lib/client/update-address";
import type { ServiceVersion } from "@/lib/contract/updates";
import { nameVersion } from "./format";
import { VersionAct } from "./version-act";
import { type VersionNews, versionNews } from "./version-news";

/** What is installed, and how that stands to what is newest. */
export function KnownVersion({ version }: { version: ServiceVersion }) {
  const { name, display } = version;
  const may = useMay();
  const news = versionNews(version);
  const installed = nameVersion(version.installed ?? "not known");
  const text = (
    <>
      <span className="version-line">
        <NewsSign news={news} isPinned={version.policy === "pinned"} />
        {installed}
      </span>
      <span className="second-line version-news" title={version.check_error ?? undefined}>
        {news.kind === "available" ? <b>{news.words}</b> : news.words}
      </span>
    </>
  );
  if (!news.act && !may.act) return <div className="version-text">{text}</div>;
  if (!news.act) {
    return (
      <button
        type="button"
        className="version-text"
        aria-label={`Version of ${display}: ${installed}, ${news.words}`}
        onClick={() => openPlan(name)}
      >
        {text}
      </button>
    );
  }
  const { verb, job } = news.act;
  return (
    <div className="version">
      <div className="version-text">{text}</div>
      <VersionAct
        verb={verb}
        looks={job !== undefined}
        object={verb === "Look" ? `at the failed update of ${display}` : display}
        onClick={() => (job === undefined ? openPlan(name) : openJob(name, job))}
      />
    </div>
  );
}

type NewsSignProps = { news: VersionNews; isPinned: boolean };

function NewsSign({ news: { kind }, isPinned }: NewsSignProps): ReactNode {
  if (kind === "unasked") return <Unplug className="version-unasked" aria-hidden="true" />;
  if (kind === "pinned") return <Pin aria-hidden="true" />;
  if (kind === "available" && isPinned) return <Pin role="img" aria-label="pinned" />;
  if (kind === "checking") return <span className="version-checking" aria-hidden="true" />;
  if (kind === "failed") return <SignIcon sign="exitbad" />;
  return kind === "interrupted" ? <SignIcon sign="backoff" /> : null;
}
