import clsx from "clsx";
import type { ComponentProps, ReactNode } from "react";
import type { Service } from "@/lib/contract/services";
import { type Sign, signOf, wordOf } from "./states";

const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.75 } as const;
const ring = <circle cx="8" cy="8" r="6.1" {...line} />;
const turningRing = (
  <circle
    cx="8"
    cy="8"
    r="6.25"
    {...line}
    strokeLinecap="round"
    strokeDasharray="28 11.3"
    className="arc"
  />
);

const silhouettes: Record<Sign, ReactNode> = {
  running: <circle cx="8" cy="8" r="5.5" fill="currentColor" />,
  starting: (
    <>
      {turningRing}
      <path d="M6.5 5.4v5.2L10.9 8z" fill="currentColor" />
    </>
  ),
  waiting: (
    <>
      {turningRing}
      <path d="M6.4 5.8v4.4M9.6 5.8v4.4" {...line} strokeLinecap="round" />
    </>
  ),
  stopping: (
    <>
      {turningRing}
      <rect x="5.7" y="5.7" width="4.6" height="4.6" rx=".8" fill="currentColor" />
    </>
  ),
  backoff: (
    <>
      <path
        d="M8 2.3 14.4 13.4H1.6z"
        {...line}
        strokeWidth={1.6}
        fill="currentColor"
        strokeLinejoin="round"
      />
      <path d="M8 6v3.6" className="knockout" strokeWidth="1.6" strokeLinecap="round" />
      <path d="M8 11.8h.01" className="knockout" strokeWidth="1.9" strokeLinecap="round" />
    </>
  ),
  fatal: (
    <>
      <path d="M5.2 1.4h5.6l3.8 3.8v5.6l-3.8 3.8H5.2l-3.8-3.8V5.2z" fill="currentColor" />
      <path
        d="m5.7 5.7 4.6 4.6m0-4.6-4.6 4.6"
        className="knockout"
        strokeWidth="1.7"
        strokeLinecap="round"
      />
    </>
  ),
  exited: (
    <>
      {ring}
      <path
        d="m5.5 8.2 1.8 1.8 3.3-3.7"
        {...line}
        strokeWidth={1.6}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  exitbad: (
    <>
      {ring}
      <path d="m6 6 4 4m0-4-4 4" {...line} strokeWidth={1.6} strokeLinecap="round" />
    </>
  ),
  stopped: <rect x="3" y="3" width="10" height="10" rx="2.2" {...line} />,
  notinstalled: <circle cx="8" cy="8" r="6.1" {...line} strokeDasharray="2.6 2.2" />,
  updating: (
    <>
      {turningRing}
      <path
        d="M8 10.8V5.4M5.8 7.4 8 5.2l2.2 2.2"
        {...line}
        strokeWidth={1.6}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  unknown: (
    <>
      <rect
        x="3.6"
        y="3.6"
        width="8.8"
        height="8.8"
        rx="1.6"
        transform="rotate(45 8 8)"
        {...line}
        strokeWidth={1.6}
      />
      <path
        d="M6.7 6.7a1.4 1.4 0 1 1 1.9 1.4c-.4.2-.6.4-.6.9"
        {...line}
        strokeWidth={1.3}
        strokeLinecap="round"
      />
      <circle cx="8" cy="10.7" r=".75" fill="currentColor" />
    </>
  ),
};

type SignIconProps = ComponentProps<"svg"> & { sign: Sign };

/** The silhouette alone, for places where words beside it say the same. */
export function SignIcon({ sign, className, ...props }: SignIconProps) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={clsx("lamp", `lamp-${sign}`, className)}
      {...props}
    >
      {silhouettes[sign]}
    </svg>
  );
}

type LampProps = Omit<SignIconProps, "sign"> & { service: Service; sign?: Sign; word?: string };

export function Lamp({
  service,
  sign = signOf(service),
  word = wordOf(sign),
  ...props
}: LampProps) {
  const name = `${service.display}: ${word}`;
  return <SignIcon sign={sign} role="img" aria-hidden={undefined} aria-label={name} {...props} />;
}
