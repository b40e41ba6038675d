import { useEffect, useState } from "react";
import { formatDuration } from "./format";

/** "7 min ago", and goes on counting. */
export function Ago({ at }: { at: Date }) {
  const seconds = (useNow() - at.getTime()) / 1000;
  return <time dateTime={at.toISOString()}>{formatDuration(seconds)} ago</time>;
}

/** The time, every second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
