import * as z from "zod/mini";
import { FileId, LogStream } from "@/lib/contract/logs";
import { Count, Flag } from "@/lib/contract/query";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { callerOf, parse, parseQuery, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });
const Query = z.object({
  q: z.string().check(z.regex(/^[^\n\r]{1,1000}$/, "must be 1 to 1000 characters of one line")),
  regex: z._default(Flag, false),
  case: z._default(Flag, false),
  limit: z._default(Count, 200),
  stream: z.optional(LogStream),
  file: z.optional(FileId),
  before: z.optional(Count),
  reveal: z._default(Flag, false),
});

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request, params) => {
    const { name } = parse(Params, params);
    const wish = parseQuery(Query, request);
    if (wish.reveal) app().reveals.allow(callerOf(request), name);
    return app().logSearch.search(name, wish, request.signal);
  },
});
