import * as z from "zod/mini";
import { Count } from "@/lib/contract/query";
import { app } from "@/lib/server/app";
import { parseQuery, routes } from "@/lib/server/http";

const MOST_HOURS = 168;
const Query = z.object({ hours: z._default(Count, 24) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request) => {
    const { hours } = parseQuery(Query, request);
    return app().history.recent(Math.min(hours, MOST_HOURS));
  },
});
