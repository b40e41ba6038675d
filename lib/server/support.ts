import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Caller } from "@/lib/contract/access";
import { faultCode } from "./adapters/file-faults";
import { AppError } from "./errors";
import {
  type SupportChapter,
  type SupportPart,
  type SupportSources,
  supportChapters,
} from "./support-parts";
import { createHider } from "./support-redaction";
import { TAR_END, tarEntry } from "./support-tar";

const MOST = { partBytes: 512 * 1024, bytes: 20 * 1024 * 1024, partMs: 10_000, readMs: 60_000 };
/** For whoever takes it slowly. */
const WHOLE_MS = 5 * 60_000;
const AT_ONCE = 2;
const NOT_READ_ON = ["ABORT_ERR", "ERR_STREAM_PREMATURE_CLOSE"];

const LEFT_OUT = "Left out: the bundle is as large, or took as long, as it may.\n";
const README = `A support bundle of ControlPilot: what helps to find out why something does not work.

Secrets are hidden, and shown as •••, as far as ControlPilot can tell what is one. Look through it
before you give it to anybody: names of files and models and what programs logged are in it.

What could not be read says so in its place.
`;

export type SupportBundle = { fileName: string; body: ReadableStream<Uint8Array> };

/**
 * Everything that helps to find out why something does not work, without secrets. Each part is read
 * when its turn comes, fails alone, and is limited in size and in time.
 */
export function createSupport({
  sources,
  secretValues,
  report,
  limits = MOST,
}: {
  sources: SupportSources;
  secretValues: () => Promise<string[]>;
  report: (error: unknown) => void;
  limits?: typeof MOST;
}) {
  let underway = 0;

  async function* tar(folder: string, now: Date): AsyncGenerator<Buffer> {
    const hide = createHider(await secretValues());
    const nameOnce = createNames();
    let bytes = 0;
    let readMs = 0;
    yield tarEntry(`${folder}/README.txt`, Buffer.from(README), now);
    for await (const { path, read } of partsOf(supportChapters(sources))) {
      const began = performance.now();
      const timeMs = Math.min(limits.partMs, limits.readMs - readMs);
      const text = timeMs > 0 && bytes < limits.bytes ? await textOf(read, timeMs) : LEFT_OUT;
      const content = Buffer.from(hide(text)).subarray(0, limits.partBytes);
      bytes += content.length;
      readMs += performance.now() - began;
      yield tarEntry(`${folder}/${nameOnce(hide(path))}`, content, now);
    }
    yield TAR_END;
  }

  return {
    /** A .tar.gz, made as it is read, until `signal` says that nobody does. For those with full rights. */
    bundle({ scope }: Pick<Caller, "scope">, signal: AbortSignal): SupportBundle {
      if (scope !== "full")
        throw new AppError("forbidden", "A support bundle needs full rights, not reading alone.");
      if (underway >= AT_ONCE)
        throw new AppError("busy", "Support bundles are being made already: wait for them.", {
          retryAfterSeconds: 10,
        });
      underway += 1;
      const now = new Date();
      const folder = `controlpilot-support-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}`;
      const gzip = createGzip();
      const ends = AbortSignal.any([signal, AbortSignal.timeout(WHOLE_MS)]);
      pipeline(Readable.from(tar(folder, now)), gzip, { signal: ends })
        .catch((error: unknown) => {
          if (!NOT_READ_ON.includes(faultCode(error) ?? "")) report(error);
        })
        .finally(() => {
          underway -= 1;
        });
      return {
        fileName: `${folder}.tar.gz`,
        body: Readable.toWeb(gzip) as ReadableStream<Uint8Array>,
      };
    },
  };
}

/** A chapter whose parts cannot be found is one part, which says why. */
async function* partsOf(chapters: SupportChapter[]): AsyncGenerator<SupportPart> {
  for (const { name, find } of chapters) {
    const parts = await find().catch((error: unknown) => {
      return [{ path: `${name}.txt`, read: () => Promise.reject(error) }];
    });
    yield* parts;
  }
}

async function textOf(read: SupportPart["read"], timeMs: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, timeMs, "This took too long to be read.\n");
  });
  const inTime = Promise.race([read().catch(sayFailure), late]);
  return inTime.finally(() => clearTimeout(timer));
}

/** With its stack where it is a bug. */
function sayFailure(error: unknown): string {
  if (!(error instanceof Error)) return `This could not be read: ${error}\n`;
  const isExpected = error instanceof AppError || faultCode(error) !== null;
  return `This could not be read: ${isExpected ? error.message : error.stack}\n`;
}

/** Paths that fit into an archive, each another one. */
function createNames(): (path: string) => string {
  const given = new Set<string>();
  return (path) => {
    const plain = path
      .split("/")
      .map((part) =>
        part
          .replaceAll(/[^\w.@+-]/g, "-")
          .slice(-50)
          .replace(/^\.+/, "_"),
      )
      .join("/");
    let name = plain;
    for (let copy = 2; given.has(name); copy += 1) name = `${copy}-${plain}`;
    given.add(name);
    return name;
  };
}
