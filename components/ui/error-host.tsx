"use client";

import { isLost } from "./error-lost";
import { lazily } from "./lazily";
import { atRest } from "./soon";

const ErrorWatch = lazily(() =>
  atRest()
    .then(() => import("./error-watch"))
    .then((m) => m.ErrorWatch),
);

/** Says what went wrong in the page itself, where no part of it can. */
export function ErrorHost() {
  return (
    <>
      <ErrorWatch />
      {isLost.useValue() ? (
        <p
          className="toast fixed inset-x-4 bottom-(--toast-bottom) z-50 mx-auto max-w-md"
          role="alert"
        >
          <span>
            A part of this page cannot be loaded. ControlPilot may have been updated meanwhile.{" "}
            <button type="button" className="link" onClick={() => window.location.reload()}>
              Load the page again
            </button>
          </span>
        </p>
      ) : null}
    </>
  );
}
