import type { LogStream, LogStreams } from "@/lib/contract/logs";
import { watchFile } from "./adapters/file-watch";
import { followLog, type LogFollower, type LogStart } from "./adapters/log-follow";
import { type LogPosition, readPosition, writePosition } from "./adapters/log-position";
import { AppError } from "./errors";
import { type LogPaths, MOST } from "./logs";

const STREAMS = ["out", "err"] as const;

type Place = { service: string; stream: LogStream; path: string };
export type LogSource = Place & { follower: LogFollower; unwatch: () => void };
export type LogSources = ReturnType<typeof createLogSources>;

/** The files that one stream of logs is made of, each where its service writes to now. */
export function createLogSources(args: {
  names: readonly string[];
  streams: LogStreams;
  pathsOf: (name: string) => Promise<LogPaths>;
  /** Something may have happened to one of them. */
  onChange: () => void;
  /** Shows the secrets in them too. */
  reveal: boolean;
}) {
  const sources: LogSource[] = [];

  async function open(place: Place, start: LogStart): Promise<void> {
    const unwatch = watchFile(place.path, args.onChange);
    try {
      sources.push({
        ...place,
        follower: await followLog(place.path, { ...start, reveal: args.reveal }),
        unwatch,
      });
    } catch (error) {
      unwatch();
      throw error;
    }
  }

  /** As it was while supervisord cannot say, or when the service is no more. */
  async function placesNow(name: string): Promise<Place[]> {
    try {
      return placesOf(name, await args.pathsOf(name), args.streams);
    } catch (error) {
      if (error instanceof AppError) return [];
      throw error;
    }
  }

  async function follow(place: Place): Promise<void> {
    const source = sources.find((one) => keyOf(one) === keyOf(place));
    if (!source) return open(place, { position: null });
    if (source.path === place.path) return;
    source.unwatch();
    source.unwatch = watchFile(place.path, args.onChange);
    source.path = place.path;
    source.follower.moveTo(place.path);
  }

  return {
    /** The one that was written last comes last. */
    all: () => sources.toSorted((a, b) => a.follower.writtenMs - b.follower.writtenMs),

    /** From the position of each in `from`, else from its last `lines` lines. */
    async begin({ lines, from }: { lines: number; from?: string | undefined }): Promise<void> {
      const positions = readPositions(from ?? "");
      const last = { ...MOST, lines: Math.min(lines, MOST.lines) };
      for (const place of (await Promise.all(args.names.map(placesNow))).flat()) {
        const position = positions.get(keyOf(place));
        await open(place, position === undefined ? last : { position });
      }
    },

    /** Goes over to where the services write to now, after a change of the config. */
    async refresh(): Promise<void> {
      for (const place of (await Promise.all(args.names.map(placesNow))).flat())
        await follow(place);
    },

    /** Up to where all of them were read, for `from`. */
    position: () =>
      sources.map((one) => `${keyOf(one)}=${writePosition(one.follower.position())}`).join(","),

    async close(): Promise<void> {
      const all = sources.splice(0);
      for (const { unwatch } of all) unwatch();
      await Promise.all(all.map(({ follower }) => follower.close()));
    },
  };
}

/** One place for both streams where they go to one file; none for a stream that goes to no file. */
function placesOf(service: string, paths: LogPaths, streams: LogStreams): Place[] {
  const wanted = streamsOf(streams).flatMap((stream) => {
    const path = paths[stream];
    return path === null ? [] : [{ service, stream, path }];
  });
  return wanted.filter(({ path }, at) => wanted.findIndex((one) => one.path === path) === at);
}

export function streamsOf(streams: LogStreams): readonly LogStream[] {
  return streams === "both" ? STREAMS : [streams];
}

/** Goes into a header, so that nothing but ASCII is left of the name. */
function keyOf({ service, stream }: Pick<Place, "service" | "stream">): string {
  return `${encodeURIComponent(service)}/${stream}`;
}

function readPositions(text: string): Map<string, LogPosition> {
  const positions = new Map<string, LogPosition>();
  for (const part of text.split(",")) {
    const [key = "", written] = part.split("=");
    const position = written === undefined ? undefined : readPosition(written);
    if (position !== undefined) positions.set(key, position);
  }
  return positions;
}
