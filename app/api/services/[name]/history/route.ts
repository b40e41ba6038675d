import * as z from "zod/mini";
import { Count } from "@/lib/contract/query";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { parse, parseQuery, routes } from "@/lib/server/http";

const MOST = 1000;
const Params = z.object({ name: ServiceName });
const Moment = z.iso.datetime({ offset: true, error: "must be a time as in 2026-02-11T10:00:00Z" });
const Query = z.object({ limit: z._default(Count, 100), before: z.optional(Moment) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request, params) => {
    const { name } = parse(Params, params);
    const { limit, before } = parseQuery(Query, request);
    const until = before === undefined ? null : new Date(before);
    return app().history.ofService(name, { limit: Math.min(limit, MOST), before: until });
  },
});
