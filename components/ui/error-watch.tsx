"use client";

import { TriangleAlert } from "lucide-react";
import { useEffect } from "react";
import { ApiError } from "@/lib/client/api";
import { detailsOf, messageOf } from "./error-details";
import { tellLost } from "./error-lost";
import { notify } from "./toast";

const TITLE = "Something went wrong in this page";

/** Tells of errors that nobody caught, each once: those of handlers, timers and promises. */
export function ErrorWatch() {
  useEffect(() => {
    const told = new Set<string>();

    function tellOnce(error: unknown) {
      const message = messageOf(error);
      if (told.has(message)) return;
      told.add(message);
      notify({
        tone: "bad",
        icon: <TriangleAlert className="size-4 flex-none text-fatal" aria-hidden="true" />,
        title: TITLE,
        text: message,
        copy: detailsOf({ title: TITLE, error, at: new Date() }),
      });
    }

    function hear(error: unknown) {
      if (isChunkLoss(error)) void tellLost();
      else if (!isNobodysFault(error)) tellOnce(error);
    }

    const onError = ({ error }: ErrorEvent) => hear(error);
    const onRejection = ({ reason }: PromiseRejectionEvent) => hear(reason);
    window.addEventListener("error", onError);
    window.addEventListener("unhandledrejection", onRejection);
    return () => {
      window.removeEventListener("error", onError);
      window.removeEventListener("unhandledrejection", onRejection);
    };
  }, []);

  return null;
}

function isChunkLoss(error: unknown): boolean {
  return error instanceof Error && error.name === "ChunkLoadError";
}

/**
 * A script of another origin and a late measurement come without an error; what was called off was
 * meant to be; of a ControlPilot that is away the page tells by itself; the rest is an extension's.
 */
function isNobodysFault(error: unknown): boolean {
  if (error === null || error === undefined) return true;
  if (error instanceof ApiError) return error.code === "unreachable";
  if (error instanceof DOMException && error.name === "AbortError") return true;
  return error instanceof Error && /-extension:\/\//.test(error.stack ?? "");
}
