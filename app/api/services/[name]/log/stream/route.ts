import * as z from "zod/mini";
import { LogStreamQuery } from "@/lib/contract/logs";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { callerOf, parse, parseQuery, routes } from "@/lib/server/http";
import { eventStream, lastEventId } from "@/lib/server/sse";

const Params = z.object({ name: ServiceName });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: async (request, params) => {
    const { name } = parse(Params, params);
    const { from, ...wish } = parseQuery(LogStreamQuery, request);
    if (wish.reveal) app().reveals.allow(callerOf(request), name);
    const resumed = { ...wish, from: lastEventId(request) ?? from };
    return eventStream(request, await app().logStreams.open([name], resumed));
  },
});
