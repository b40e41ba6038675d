import { LogsStreamQuery } from "@/lib/contract/logs";
import { app } from "@/lib/server/app";
import { parseQuery, routes } from "@/lib/server/http";
import { eventStream, lastEventId } from "@/lib/server/sse";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: async (request) => {
    const { names, from, ...wish } = parseQuery(LogsStreamQuery, request);
    const resumed = { ...wish, from: lastEventId(request) ?? from };
    return eventStream(request, await app().logStreams.open(names, resumed));
  },
});
