import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { buildRelease, type ReleaseOptions } from "./package-release";

type Release = { filename: string; content: Buffer; options: ReleaseOptions };

export type PackageIndex = Awaited<ReturnType<typeof createIndex>>;

/** A package index (PEP 503 and 691) on this machine, empty at first. */
export async function createIndex() {
  const releases = new Map<string, Release[]>();
  const requests: string[] = [];
  let delayMs = 0;
  let cutOff: string | null = null;

  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
    const [, kind, name = "", filename] = decodeURIComponent(request.url ?? "").split("/");
    const known = releases.get(name);
    const file = known?.find((release) => release.filename === filename);
    if (kind === "simple" && known) return listing(name, known, request, response);
    if (kind !== "files" || !file) return void response.writeHead(404).end();
    response.setHeader("content-length", file.content.length);
    if (cutOff !== name) return void response.end(file.content);
    response.write(file.content.subarray(0, file.content.length / 2), () => stopNow());
  }

  function stopNow(): void {
    server.close();
    server.closeAllConnections();
  }

  return {
    /** For pip's index-url. */
    url: `http://127.0.0.1:${port}/simple`,
    /** Paths that were asked for, oldest first. */
    requests,

    /** Publishes a version: a wheel with one module unless the options say otherwise. */
    release(name: string, version: string, options: ReleaseOptions = {}): void {
      const key = name.toLowerCase().replace(/[-_.]+/g, "-");
      const release = { ...buildRelease(name, version, options), options };
      releases.set(key, [...(releases.get(key) ?? []), release]);
    },

    /** Every answer takes so long from now on. */
    slow(ms: number): void {
      delayMs = ms;
    },

    /** It goes away in the middle of the first file of this package that is downloaded. */
    stopDuring(name: string): void {
      cutOff = name;
    },

    async stop(): Promise<void> {
      if (!server.listening) return;
      stopNow();
      await once(server, "close");
    },
  };
}

function listing(
  name: string,
  releases: Release[],
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const json = "application/vnd.pypi.simple.v1+json";
  const isJson = headers.accept?.includes(json) ?? false;
  response.setHeader("content-type", isJson ? json : "text/html");
  response.end(isJson ? asJson(name, releases) : asHtml(name, releases));
}

function asJson(name: string, releases: Release[]): string {
  const files = releases.map(({ filename, options }) => ({
    filename,
    url: `/files/${name}/${encodeURIComponent(filename)}`,
    hashes: {},
    yanked: options.yanked ?? false,
    ...(options.requiresPython && { "requires-python": options.requiresPython }),
  }));
  return JSON.stringify({ meta: { "api-version": "1.0" }, name, files });
}

function asHtml(name: string, releases: Release[]): string {
  const links = releases.map(({ filename, options }) => {
    const yanked = options.yanked ? ' data-yanked=""' : "";
    return `<a href="/files/${name}/${encodeURIComponent(filename)}"${yanked}>${filename}</a>`;
  });
  return `<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`;
}
