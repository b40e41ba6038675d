import { createPlaces } from "./limits";

/** Each holds a file open, and may take its time. */
const PLACES = { most: 16, each: 4, what: "downloads" };

type Downloads = { places: ReturnType<typeof createPlaces>; requests: Set<Request> };

/**
 * With the requests, which have to be kept: the signal of one that was collected as garbage is never
 * aborted. On the process: Next may load this module once for each bundle.
 */
const store = globalThis as { controlPilotDownloads?: Downloads };

function downloads(): Downloads {
  store.controlPilotDownloads ??= { places: createPlaces(PLACES), requests: new Set() };
  return store.controlPilotDownloads;
}

/** The answer, with a place of its own until it was taken, or nobody takes it any more. */
export async function limitDownload(
  { request, address }: { request: Request; address: string },
  response: Response,
): Promise<Response> {
  const reader = response.body?.getReader();
  if (!reader) return response;
  const leave = await takePlace(request, address).catch(async (error: unknown) => {
    await reader.cancel();
    throw error;
  });

  async function stop(): Promise<void> {
    leave();
    await reader?.cancel();
  }

  request.signal.addEventListener("abort", () => void stop().catch(() => {}), { once: true });
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          leave();
          throw error;
        });
        if (!done) return controller.enqueue(value);
        leave();
        controller.close();
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}

async function takePlace(request: Request, address: string): Promise<() => void> {
  const { places, requests } = downloads();
  const leave = places.take(address);
  requests.add(request);
  return () => {
    requests.delete(request);
    leave();
  };
}
