import * as z from "zod/mini";
import { ServiceName } from "@/lib/contract/services";
import { JobId } from "@/lib/contract/updates";
import { app } from "@/lib/server/app";
import { parse, parseQuery, routes, textStream } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });
const Query = z.object({ job: z.optional(JobId) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: async (request, params) => {
    const { name } = parse(Params, params);
    return textStream(await app().updates.log(name, parseQuery(Query, request).job));
  },
});
