/** A line as supervisord writes it, in the machine's local time. */
export function logLine(at: Date, message: string): string {
  const pad = (value: number, length = 2) => String(value).padStart(length, "0");
  const day = [at.getFullYear(), pad(at.getMonth() + 1), pad(at.getDate())].join("-");
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map((one) => pad(one)).join(":");
  const level = /^exited:.*not expected|^stopped:|^killing|^received/.test(message)
    ? "WARN"
    : "INFO";
  return `${day} ${time},${pad(at.getMilliseconds(), 3)} ${level} ${message}\n`;
}

/** What supervisord says of one process, in few words. */
export const said = {
  spawned: (name: string, pid = 100) => `spawned: '${name}' with pid ${pid}`,
  running: (name: string) =>
    `success: ${name} entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)`,
  exited: (name: string, code = 1) =>
    `exited: ${name} (exit status ${code}; ${code === 0 ? "" : "not "}expected)`,
  tooQuick: (name: string, code = 1) => `exited: ${name} (exit status ${code}; not expected)`,
  killed: (name: string) => `exited: ${name} (terminated by SIGKILL; not expected)`,
  stopped: (name: string) => `stopped: ${name} (terminated by SIGTERM)`,
  gaveUp: (name: string) =>
    `gave up: ${name} entered FATAL state, too many start retries too quickly`,
  notFound: (command: string) => `spawnerr: can't find command '${command}'`,
  supervisordStarted: "supervisord started with pid 7",
  supervisordEnds: "received SIGTERM indicating exit request",
};
