import * as z from "zod/mini";
import { ServiceName } from "@/lib/contract/services";
import { StartRollback } from "@/lib/contract/updates";
import { app } from "@/lib/server/app";
import { parse, parseOptionalBody, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: async (request, params) => {
    const { name } = parse(Params, params);
    return app().updates.rollback(name, await parseOptionalBody(StartRollback, request));
  },
});
