import * as z from "zod/mini";
import { ServiceName } from "@/lib/contract/services";
import { JobId, StartUpdate } from "@/lib/contract/updates";
import { app } from "@/lib/server/app";
import { parse, parseOptionalBody, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });
const Body = z.extend(StartUpdate, { rollback_to: z.optional(z.nullable(JobId)) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: async (request, params) => {
    const { name } = parse(Params, params);
    const { target_version, rollback_to } = await parseOptionalBody(Body, request);
    return app().updatePlans.plan(name, {
      target: target_version ?? null,
      rollbackTo: rollback_to ?? null,
    });
  },
});
