import * as z from "zod/mini";
import { LogStreamQuery } from "@/lib/contract/logs";
import { ServiceName } from "@/lib/contract/services";
import { JobId } from "@/lib/contract/updates";
import { app } from "@/lib/server/app";
import { callerOf, parse, parseQuery, routes } from "@/lib/server/http";
import { eventStream, lastEventId } from "@/lib/server/sse";

const Params = z.object({ name: ServiceName });
const Query = z.extend(LogStreamQuery, { job: z.optional(JobId) });

/** The output of an update as it is written, in the same form as a service's log. */
export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: async (request, params) => {
    const { name } = parse(Params, params);
    const { job, from, ...wish } = parseQuery(Query, request);
    if (wish.reveal) app().reveals.allow(callerOf(request), name);
    const resumed = { ...wish, from: lastEventId(request) ?? from };
    return eventStream(request, await app().openUpdateOutput(name, job, resumed));
  },
});
