import * as z from "zod/mini";
import { FileId, LogStream } from "@/lib/contract/logs";
import { Count, Flag } from "@/lib/contract/query";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { audited, callerOf, parse, parseQuery, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });
const TailQuery = z.object({
  lines: z._default(Count, 100),
  stream: z.optional(LogStream),
  file: z.optional(FileId),
  before: z.optional(Count),
  after: z.optional(Count),
  reveal: z._default(Flag, false),
});
const ClearQuery = z.object({ stream: z.optional(LogStream) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request, params) => {
    const { name } = parse(Params, params);
    const wish = parseQuery(TailQuery, request);
    if (wish.reveal) app().reveals.allow(callerOf(request), name);
    return app().logs.tail(name, wish);
  },
  DELETE: audited(app, (request, params, note) => {
    const { name } = parse(Params, params);
    const { stream } = parseQuery(ClearQuery, request);
    note({ action: "log.clear", target: name, detail: stream });
    return app().logs.clear(name, stream);
  }),
});
