import type { LiveEvents } from "@/lib/contract/events";
import type { Frame } from "../sse";

export type Heard = { [Name in keyof LiveEvents]: { event: Name; data: LiveEvents[Name] } }[
  | "services"
  | "job"
  | "supervisor"];

/** Reads frames as fast as they come, and keeps what they carry. */
export function listen(frames: (signal: AbortSignal) => AsyncIterable<Frame>) {
  const leaving = new AbortController();
  const heard: Heard[] = [];
  const done = read();

  async function read(): Promise<void> {
    for await (const frame of frames(leaving.signal)) heard.push(readFrame(frame));
  }

  function latest<Name extends keyof LiveEvents>(event: Name): LiveEvents[Name] | undefined {
    const last = heard.findLast((one) => one.event === event);
    return last?.data as LiveEvents[Name] | undefined;
  }

  return {
    heard,
    latest,
    /** As it was told of last. */
    service: (name: string) => latest("services")?.find((service) => service.name === name),
    async leave() {
      leaving.abort();
      await done;
    },
  };
}

export function readFrame(frame: Frame): Heard {
  const [head = "", data = ""] = new TextDecoder().decode(frame).trim().split("\n");
  const event = head.replace("event: ", "");
  return { event, data: JSON.parse(data.replace("data: ", "")) } as Heard;
}
