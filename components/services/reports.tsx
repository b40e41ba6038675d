import { notify } from "@/components/ui/toast";
import type { AutostartAnswer } from "@/lib/contract/autostart";
import type { BulkResult, Service, ServiceAction } from "@/lib/contract/services";
import { sentenceOf } from "./errors";
import { countOf } from "./format";
import { SignIcon } from "./lamp";

const done = { start: "started", restart: "restarted", stop: "stopped" };

type Acted = { service: Service; action: ServiceAction; startAgain: () => void };

export function tellActed({ service: { display, self }, action, startAgain }: Acted) {
  if (self && action === "restart") {
    notify({ icon: <SignIcon sign="running" />, title: `${display} is back` });
  }
  if (!self && action === "stop") {
    notify({
      icon: <SignIcon sign="stopped" />,
      title: `${display} stopped`,
      actions: [{ label: "Start again", onClick: startAgain }],
    });
  }
}

type NotActed = { service: Service; action: ServiceAction; error: Error; openLog: () => void };

export function tellNotActed({ service: { display }, action, error, openLog }: NotActed) {
  const title = `${display} did not ${action}`;
  const text = withoutTitle(sentenceOf(error), display);
  notify({
    tone: "bad",
    icon: <SignIcon sign="fatal" />,
    title,
    text,
    actions: action === "stop" ? [] : [{ label: "Open log", onClick: openLog }],
    copy: `${title}: ${text}`,
  });
}

/** The server's sentence stands on its own for scripts; under a title it need not say it twice. */
function withoutTitle(sentence: string, display: string) {
  const rest = sentence.startsWith(`${display} did not `)
    ? sentence.slice(sentence.indexOf(": ") + 2)
    : sentence;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

type BulkActed = {
  results: BulkResult[];
  action: ServiceAction;
  services: Service[];
  startAgain: () => void;
};

export function tellBulk({ results, action, services, startAgain }: BulkActed) {
  const failed = results.filter(({ status }) => status === "error");
  if (failed.length > 0) return tellSome({ failed, total: results.length, action, services });
  notify({
    icon: <SignIcon sign={action === "stop" ? "stopped" : "running"} />,
    title: `${countOf(results.length, "service")} ${done[action]}`,
    actions: action === "stop" ? [{ label: "Start again", onClick: startAgain }] : [],
  });
}

type Some = { failed: BulkResult[]; total: number; action: ServiceAction; services: Service[] };

function tellSome({ failed, total, action, services }: Some) {
  const displayOf = (name: string) =>
    services.find((service) => service.name === name)?.display ?? name;
  const sentences = failed.map(
    ({ name, detail }) => `${displayOf(name)}: ${detail ?? "no reason given"}`,
  );
  notify({
    tone: "bad",
    icon: <SignIcon sign="fatal" />,
    title: `${failed.length} of ${countOf(total, "service")} did not ${action}`,
    text: (
      <ul className="grid gap-1">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    ),
    copy: sentences.join("\n"),
  });
}

export function tellNoBulk(error: Error, action: ServiceAction) {
  notify({
    tone: "bad",
    icon: <SignIcon sign="fatal" />,
    title: `The services were not ${done[action]}`,
    text: sentenceOf(error),
    copy: sentenceOf(error),
  });
}

export function tellAutostart({ display, running }: Service, { autostart }: AutostartAnswer) {
  notify({
    icon: <SignIcon sign="exited" />,
    title: `Autostart of ${display} is ${autostart ? "on" : "off"}`,
    text: `From the next start of supervisord. It ${running ? "runs on" : "stays as it is"} now.`,
  });
}

export function tellNoAutostart({ display }: Service, error: Error) {
  notify({
    tone: "bad",
    icon: <SignIcon sign="fatal" />,
    title: `Autostart of ${display} was not changed`,
    text: sentenceOf(error),
  });
}
