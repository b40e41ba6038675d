import * as z from "zod/mini";
import { LogStream } from "@/lib/contract/logs";
import { Flag } from "@/lib/contract/query";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { callerOf, download, parse, parseQuery, routes, textFile } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });
const Query = z.object({ stream: z.optional(LogStream), reveal: z._default(Flag, false) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: async (request, params) => {
    const { name } = parse(Params, params);
    const wish = parseQuery(Query, request);
    if (wish.reveal) app().reveals.allow(callerOf(request), name);
    return download(request, textFile(await app().logs.download(name, wish)));
  },
});
