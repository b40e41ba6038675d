import * as z from "zod/mini";
import { FileId, LogStream } from "@/lib/contract/logs";
import { Count } from "@/lib/contract/query";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { parse, parseQuery, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });
const TailQuery = z.object({
  lines: z._default(Count, 100),
  stream: z.optional(LogStream),
  file: z.optional(FileId),
  before: z.optional(Count),
  after: z.optional(Count),
});
const ClearQuery = z.object({ stream: z.optional(LogStream) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request, params) => {
    const { name } = parse(Params, params);
    return app().logs.tail(name, parseQuery(TailQuery, request));
  },
  DELETE: (request, params) => {
    const { name } = parse(Params, params);
    return app().logs.clear(name, parseQuery(ClearQuery, request).stream);
  },
});
