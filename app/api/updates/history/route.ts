import * as z from "zod/mini";
import { Count } from "@/lib/contract/query";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { parseQuery, routes } from "@/lib/server/http";

const DEFAULT_LIMIT = 200;
const MOST = 2000;
const Query = z.object({ service: z.optional(ServiceName), limit: z.optional(Count) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request) => {
    const { service, limit = DEFAULT_LIMIT } = parseQuery(Query, request);
    return app().updates.history({ service, limit: Math.min(limit, MOST) });
  },
});
