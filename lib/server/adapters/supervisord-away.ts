import { AppError } from "../errors";
import { HttpRefusal } from "./xml-rpc";
import { XmlRpcNonsense } from "./xml-rpc-answer";

type Asked = { socketPath: string; timeoutMs: number };

/** Why supervisord could not be asked, as a sentence for people. */
export function away(error: unknown, asked: Asked): AppError {
  return new AppError("unavailable", sentenceOf(error, asked), { cause: error });
}

/** supervisord ended, or closed a connection that was idle. */
export function isConnectionReset(error: unknown): boolean {
  return ["ECONNRESET", "EPIPE"].includes(codeOf(error));
}

function sentenceOf(error: unknown, { socketPath, timeoutMs }: Asked): string {
  if (error instanceof HttpRefusal) return sayRefusal(error.status, socketPath);
  if (error instanceof XmlRpcNonsense) return sayNonsense(socketPath, error.message);
  switch (codeOf(error)) {
    case "ENOENT":
      return `supervisord does not answer: there is no socket at ${socketPath}.`;
    case "ECONNREFUSED":
      return `supervisord does not answer: nothing listens at ${socketPath}.`;
    case "EACCES":
      return `supervisord cannot be asked: no permission to open ${socketPath}. Run ControlPilot as the user who owns it.`;
    case "ECONNRESET":
    case "EPIPE":
      return `supervisord closed the connection at ${socketPath}; it may be restarting.`;
  }
  const { name, message } = error as Error;
  if (name === "TimeoutError")
    return `supervisord did not answer within ${timeoutMs / 1000} s; it may be frozen.`;
  return sayNonsense(socketPath, message);
}

function sayRefusal(status: number, socketPath: string): string {
  if (status === 401) return "supervisord asks for a user name and password on its unix socket.";
  return `supervisord answered with HTTP ${status} at ${socketPath}.`;
}

function sayNonsense(socketPath: string, reason: string): string {
  return `supervisord's answer could not be understood: ${reason}. Is it supervisord that listens at ${socketPath}?`;
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | undefined)?.code);
}
