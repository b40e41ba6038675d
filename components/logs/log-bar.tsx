import clsx from "clsx";
import {
  ArrowDownToLine,
  Clock,
  Copy,
  Download,
  Ellipsis,
  Eye,
  FileDown,
  Pause,
  Rows4,
  Trash2,
  WrapText,
} from "lucide-react";
import * as Menu from "radix-ui/dropdown-menu";
import type { ReactNode, RefObject } from "react";
import { IconButton } from "@/components/ui/button";
import { writeClipboard } from "@/components/ui/clipboard";
import { notify } from "@/components/ui/toast";
import { copyText } from "@/lib/client/log/links";
import { useMay } from "@/lib/client/session";
import type { Secrets } from "./log-lines";
import type { LogSettings } from "./log-settings";
import type { Follow } from "./use-follow";
import type { Rows } from "./use-log-filter";

/** A file to take along whole. */
export type LogFile = { label: string; href: string; name?: string };

type LogBarProps = {
  /** Of what is downloaded, without its time and ending. */
  name: string;
  files: readonly LogFile[];
  follow: Follow;
  rows: readonly Rows[];
  isFiltered: boolean;
  settings: LogSettings;
  toggle: (setting: keyof LogSettings) => void;
  secrets: Secrets;
  isAsking: boolean;
  clearButton: RefObject<HTMLButtonElement | null>;
  onFollow: () => void;
  /** Absent where the log cannot be cleared. */
  onClear: (() => void) | undefined;
  children: ReactNode;
};

export function LogBar({ follow, settings, toggle, onClear, ...props }: LogBarProps) {
  const may = useMay();
  return (
    <div className="log-bar">
      {props.children}
      <div className="log-actions">
        <FollowButton isFollowing={follow.pausedFor === null} onClick={props.onFollow} />
        <IconButton
          label="Wrap lines"
          pressed={settings.wraps}
          onClick={() => toggle("wraps")}
          className="not-on-phones"
        >
          <WrapText strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
        {onClear ? (
          <IconButton
            label="Clear log"
            title={may.why ?? "Clear log"}
            ref={props.clearButton}
            aria-expanded={props.isAsking}
            aria-disabled={!may.act || undefined}
            onClick={may.act ? onClear : undefined}
          >
            <Trash2 strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
        ) : null}
        <LogMenu {...{ settings, toggle, ...props }} />
      </div>
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

type LogMenuProps = Pick<
  LogBarProps,
  "name" | "files" | "settings" | "toggle" | "secrets" | "rows" | "isFiltered"
>;

/** What is not wanted at every look: how lines are drawn, and ways to take them along. */
function LogMenu({ name, files, settings, toggle, secrets, rows, isFiltered }: LogMenuProps) {
  const may = useMay();
  const text = () =>
    copyText(rows.flatMap(({ block, indexes }) => indexes.flatMap((i) => block.entries[i] ?? [])));
  const shown = isFiltered ? "what the filter shows" : "the lines shown";

  return (
    <Menu.Root>
      <Menu.Trigger asChild>
        <IconButton label="More">
          <Ellipsis strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Content className="menu" align="end" sideOffset={4}>
          <Choice icon={<WrapText />} on={settings.wraps} onToggle={() => toggle("wraps")}>
            Wrap lines
          </Choice>
          <Choice
            icon={<Clock />}
            className="log-times"
            on={settings.times}
            onToggle={() => toggle("times")}
          >
            Times
          </Choice>
          <Choice icon={<Rows4 />} on={settings.compact} onToggle={() => toggle("compact")}>
            Compact
          </Choice>
          {may.act ? (
            <Choice icon={<Eye />} on={secrets.areShown} onToggle={secrets.toggle}>
              Show secrets
            </Choice>
          ) : null}
          <Menu.Separator className="menu-line" />
          <Menu.Item className="menu-item" onSelect={() => void copyAll(text())}>
            <Copy strokeWidth={1.75} aria-hidden="true" />
            Copy {shown}
          </Menu.Item>
          <Menu.Item className="menu-item" onSelect={() => saveText(text(), fileName(name))}>
            <FileDown strokeWidth={1.75} aria-hidden="true" />
            Download {shown}
          </Menu.Item>
          {files.map(({ label, href, name: savedAs }) => (
            <Menu.Item key={href} className="menu-item" asChild>
              <a href={href} download={savedAs ?? true}>
                <Download strokeWidth={1.75} aria-hidden="true" />
                {label}
              </a>
            </Menu.Item>
          ))}
        </Menu.Content>
      </Menu.Portal>
    </Menu.Root>
  );
}

type ChoiceProps = {
  icon: ReactNode;
  on: boolean;
  onToggle: () => void;
  className?: string;
  children: string;
};

function Choice(props: ChoiceProps) {
  return (
    <Menu.CheckboxItem
      className={clsx("menu-item", props.className)}
      checked={props.on}
      onCheckedChange={props.onToggle}
      onSelect={(event) => event.preventDefault()}
    >
      {props.icon}
      {props.children}
      <Menu.ItemIndicator className="ml-auto">✓</Menu.ItemIndicator>
    </Menu.CheckboxItem>
  );
}

async function copyAll(text: string) {
  const near = document.querySelector<HTMLElement>(".log");
  if (!near) return;
  const icon = <Copy aria-hidden="true" />;
  await writeClipboard(text, near).then(
    () => notify({ icon, title: "The lines are copied" }),
    () =>
      notify({
        tone: "bad",
        icon,
        title: "The lines were not copied",
        text: "The browser did not allow it. The same menu downloads them.",
      }),
  );
}

function saveText(text: string, name: string) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** "comfy-2026-02-11T14-02-11Z.log". */
function fileName(name: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  return `${name.replaceAll(/[^\w.-]/g, "-")}-${time}Z.log`;
}
