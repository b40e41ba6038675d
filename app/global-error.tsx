"use client";

import ErrorPage from "./error";
import "./globals.css";

type GlobalErrorProps = Parameters<typeof ErrorPage>[0];

/** For what breaks outside of every page: it takes the place of the whole document. */
export default function GlobalError(props: GlobalErrorProps) {
  return (
    <html lang="en">
      <body>
        <title>ControlPilot</title>
        <main>
          <ErrorPage {...props} />
        </main>
      </body>
    </html>
  );
}
