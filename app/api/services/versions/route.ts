import * as z from "zod/mini";
import { Flag } from "@/lib/contract/query";
import { app } from "@/lib/server/app";
import { parseQuery, routes } from "@/lib/server/http";

export const dynamic = "force-dynamic";

const Query = z.object({ refresh: z.optional(Flag), wait: z.optional(Flag) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request) => app().versions.list(parseQuery(Query, request)),
});
