import * as z from "zod/mini";
import { ServiceName } from "@/lib/contract/services";
import { StartRollback } from "@/lib/contract/updates";
import { app } from "@/lib/server/app";
import { audited, parse, parseOptionalBody, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: audited(app, async (request, params, note) => {
    const { name } = parse(Params, params);
    const wish = await parseOptionalBody(StartRollback, request);
    note({ action: "update.rollback", target: name });
    return app().updates.rollback(name, wish);
  }),
});
