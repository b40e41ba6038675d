"use client";

import { Component, type ErrorInfo, type ReactNode, useState } from "react";
import { Button } from "./button";
import { lazily } from "./lazily";
import { soon } from "./soon";

export type Failure = {
  error: unknown;
  /** Which components it came through. */
  componentStack: string;
  at: Date;
};

export type ErrorFaceProps = {
  /** What cannot be shown, as the start of a sentence. */
  name: string;
  failure: Failure;
  /** In one line. */
  isSmall?: boolean | undefined;
  onRetry: () => void;
};

/** What stands in the place of what cannot be shown. Where its own code does not come it is plain. */
export const ErrorFace = lazily<ErrorFaceProps>(
  soon(() => import("./error-face").then((m) => m.FullFace)),
  PlainFace,
);

function PlainFace({ name, onRetry }: ErrorFaceProps) {
  return (
    <p className="p-3">
      {name} could not be shown.{" "}
      <Button size="small" onClick={onRetry}>
        Try again
      </Button>
    </p>
  );
}

export type BrokenPageProps = { error: Error & { digest?: string }; reset: () => void };

/** A whole page that cannot be shown. It stands here since two files of Next's hold it, each with all of it. */
export function BrokenPage({ error, reset }: BrokenPageProps) {
  const [at] = useState(() => new Date());
  return (
    <>
      <header className="top">
        <h1>Something broke</h1>
      </header>
      <div className="content">
        <ErrorFace name="This page" failure={{ error, componentStack: "", at }} onRetry={reset} />
      </div>
    </>
  );
}

type ErrorPartProps = Pick<ErrorFaceProps, "name" | "isSmall"> & {
  /** Puts what is said where it may stand: into a row, under a title. */
  frame?: (face: ReactNode) => ReactNode;
  children: ReactNode;
};

/** A part of a page that may fail alone: it says so in its place, and the rest of the page works on. */
export class ErrorPart extends Component<ErrorPartProps, { failure: Failure | null }> {
  override state = { failure: null as Failure | null };

  static getDerivedStateFromError(error: unknown) {
    return { failure: { error, componentStack: "", at: new Date() } };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo) {
    this.setState({ failure: { error, componentStack: componentStack ?? "", at: new Date() } });
  }

  override render() {
    const { failure } = this.state;
    const { name, isSmall, frame, children } = this.props;
    if (failure === null) return children;
    const retry = () => this.setState({ failure: null });
    const face = <ErrorFace {...{ name, isSmall, failure }} onRetry={retry} />;
    return frame ? frame(face) : face;
  }
}
