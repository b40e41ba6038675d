import type { ErrorBody } from "@/lib/contract/errors";
import type { Supervisor } from "@/lib/contract/supervisor";
import { AppError } from "./errors";
import { repeatLook } from "./repeated-look";

const LOOK_MS = 5000;

/** Shows supervisord's own state, or while it cannot be asked the reason why not. */
export function watchSupervisor(deps: {
  status: () => Promise<Supervisor>;
  show: (state: Supervisor | ErrorBody, isNew: boolean) => void;
  report: (error: unknown) => void;
}) {
  let shown = "";
  let hasStopped = false;

  function show(state: Supervisor | ErrorBody): void {
    const text = JSON.stringify(state);
    if (!hasStopped) deps.show(state, text !== shown);
    shown = text;
  }

  function showFailure(error: unknown): void {
    const body = bodyOf(error);
    if (body.code === "internal" && JSON.stringify(body) !== shown) deps.report(error);
    show(body);
  }

  const looks = repeatLook(async () => {
    await deps.status().then(show, showFailure);
    return LOOK_MS;
  });

  return {
    look: looks.look,
    showFailure,
    stop() {
      hasStopped = true;
      looks.stop();
    },
  };
}

function bodyOf(error: unknown): ErrorBody {
  if (error instanceof AppError) return { detail: error.message, code: error.code };
  const detail = "Something went wrong in ControlPilot. Its err log has the details.";
  return { detail, code: "internal" };
}
