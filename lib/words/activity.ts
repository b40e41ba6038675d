import type { ActivityAction, ActivityEntry } from "@/lib/contract/activity";
import type { UpdateSettings } from "@/lib/contract/updates";

type Entry = Pick<ActivityEntry, "action" | "target" | "detail" | "result">;
/** The verb as done and as wanted, and what it is done to. */
type Words = [done: string, wanted: string, what: (target: string, detail?: string) => string];

const WORDS: Record<ActivityAction, Words> = {
  "service.start": ["started", "start", withHow],
  "service.stop": ["stopped", "stop", withHow],
  "service.restart": ["restarted", "restart", withHow],
  "autostart.set": ["turned", "turn", (target, detail = "") => `autostart of ${target} ${detail}`],
  "update.start": ["started", "start", (target, to) => `the update of ${target}${after("to", to)}`],
  "update.cancel": ["cancelled", "cancel", (target) => `the update of ${target}`],
  "update.rollback": ["started", "start", (target) => `the rollback of ${target}`],
  "update.policy": ["set", "set", (target, to) => `the updates of ${target}${after("to", to)}`],
  "log.clear": ["cleared", "clear", (target, log = "whole") => `the ${log} log of ${target}`],
  "config.reread": ["had", "have", () => "supervisord read its config again"],
  "session.sign_in": ["signed", "sign", () => "in"],
  "session.sign_out": ["signed", "sign", () => "out"],
  "session.refused": ["signed", "sign", () => "in"],
  "access.token_created": ["created", "create", (target) => `the token ${target}`],
  "access.token_revoked": ["revoked", "revoke", (target) => `the token ${target}`],
  "access.session_revoked": ["signed", "sign", (target) => `${target} out`],
  "access.password_set": ["set", "set", () => "the password"],
  "access.password_removed": ["removed", "remove", () => "the password"],
  "access.exposure_set": ["marked", "mark", (_, as) => `the open address${after("as", as)}`],
  "support.bundle": ["made", "make", () => "a support bundle"],
  "secrets.revealed": ["showed", "show", (target) => `the secrets in the log of ${target}`],
};

const COMMIT = /\b([0-9a-f]{7})[0-9a-f]{33}\b/g;

/** "restarted Comfy UI"; "tried to restart Comfy UI" where it did not come to that. */
export function sayActivity(entry: Entry, displayOf: (name: string) => string): string {
  const { action, target, result } = entry;
  const detail = entry.detail?.replaceAll(COMMIT, "$1");
  const words = WORDS[action as ActivityAction];
  const name = target === null ? "" : displayOf(target);
  if (words === undefined) return [action, name, detail].filter(Boolean).join(" ");
  const [done, wanted, what] = words;
  return `${result === "ok" ? done : `tried to ${wanted}`} ${what(name, detail)}`.trim();
}

/** "pinned, at 6.10.0", "manual", "skip 6.11.0". */
export function sayUpdateSettings({ policy, target, skip }: UpdateSettings): string {
  const parts = [
    policy,
    target === undefined ? null : `at ${target ?? "no version"}`,
    skip === undefined ? null : `skip ${skip ?? "nothing"}`,
  ];
  return parts.filter(Boolean).join(", ");
}

function withHow(target: string, how?: string): string {
  return how === undefined ? target : `${target} ${how}`;
}

function after(word: string, detail: string | undefined): string {
  return detail === undefined ? "" : ` ${word} ${detail}`;
}
