"use client";

import { BrokenPage, type BrokenPageProps } from "@/components/ui/error-part";
import "./globals.css";

/** For what breaks outside of every page: it takes the place of the whole document. */
export default function GlobalError(props: BrokenPageProps) {
  return (
    <html lang="en">
      <body>
        <title>ControlPilot</title>
        <main>
          <BrokenPage {...props} />
        </main>
      </body>
    </html>
  );
}
