import * as z from "zod/mini";
import { LogStream } from "@/lib/contract/logs";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { parse, parseQuery, routes, textFile } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });
const Query = z.object({ stream: z.optional(LogStream) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: async (request, params) => {
    const { name } = parse(Params, params);
    return textFile(await app().logs.download(name, parseQuery(Query, request).stream));
  },
});
