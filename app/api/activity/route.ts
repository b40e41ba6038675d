import * as z from "zod/mini";
import { ActivityId, ActivityResult } from "@/lib/contract/activity";
import { Count } from "@/lib/contract/query";
import { app } from "@/lib/server/app";
import { parseQuery, routes } from "@/lib/server/http";

const MOST = 500;
const Text = z.optional(z.string().check(z.maxLength(200)));
const Query = z.object({
  actor: Text,
  action: Text,
  target: Text,
  result: z.optional(ActivityResult),
  q: Text,
  before: z.optional(ActivityId),
  limit: z._default(Count, 100),
});

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request) => {
    const { limit, ...wish } = parseQuery(Query, request);
    return app().activity.list({ ...wish, limit: Math.min(limit, MOST) }, request.signal);
  },
});
