import { LogsStreamQuery } from "@/lib/contract/logs";
import { app } from "@/lib/server/app";
import { callerOf, parseQuery, routes } from "@/lib/server/http";
import { eventStream, lastEventId } from "@/lib/server/sse";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: async (request) => {
    const { names, from, ...wish } = parseQuery(LogsStreamQuery, request);
    if (wish.reveal) for (const name of names) app().reveals.allow(callerOf(request), name);
    const resumed = { ...wish, from: lastEventId(request) ?? from };
    return eventStream(request, await app().logStreams.open(names, resumed));
  },
});
