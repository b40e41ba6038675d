import { ArrowDownToLine, Download, Pause, Trash2 } from "lucide-react";
import { type RefObject, useMemo } from "react";
import { IconButton } from "@/components/ui/button";
import { CopyIconButton } from "@/components/ui/copy-button";
import { logDownloadUrl } from "@/lib/client/logs";
import type { LogView } from "@/lib/client/terminal/view";
import type { LogStream } from "@/lib/contract/logs";
import type { Log } from "./use-log";

type LogActionsProps = {
  name: string;
  stream: LogStream;
  log: Log;
  isAsking: boolean;
  clearButton: RefObject<HTMLButtonElement | null>;
  onFollow: () => void;
  onClear: () => void;
};

export function LogActions({ name, stream, log, ...props }: LogActionsProps) {
  const { tail } = log;
  const { view } = log.shown;
  const text = useMemo(() => textOf(view), [view]);
  return (
    <div className="log-actions">
      <FollowButton isFollowing={log.pausedFor === null} onClick={props.onFollow} />
      <CopyIconButton text={text} label="Copy the text shown" />
      <a
        className="icon-btn"
        href={tail ? logDownloadUrl(name, stream) : undefined}
        aria-disabled={tail === null}
        download
        aria-label="Download the whole file"
        title="Download the whole file"
      >
        <Download strokeWidth={1.75} aria-hidden="true" />
      </a>
      <IconButton
        label="Clear log"
        ref={props.clearButton}
        aria-expanded={props.isAsking}
        disabled={!tail || tail.size === 0}
        onClick={props.onClear}
      >
        <Trash2 strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

function FollowButton({ isFollowing, onClick }: { isFollowing: boolean; onClick: () => void }) {
  const Icon = isFollowing ? ArrowDownToLine : Pause;
  return (
    <button
      type="button"
      className="btn log-follow"
      data-on={isFollowing || undefined}
      title={isFollowing ? "Pause (f)" : "Follow (f)"}
      onClick={onClick}
    >
      <Icon strokeWidth={1.75} aria-hidden="true" />
      {isFollowing ? "Following" : "Paused"}
    </button>
  );
}

function textOf({ blocks }: LogView): string {
  return blocks.flatMap((block) => block.lines.map((line) => `${line.text}\n`)).join("");
}
