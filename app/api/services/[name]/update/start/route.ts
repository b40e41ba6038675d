import * as z from "zod/mini";
import { ServiceName } from "@/lib/contract/services";
import { StartUpdate } from "@/lib/contract/updates";
import { app } from "@/lib/server/app";
import { audited, parse, parseOptionalBody, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: audited(app, async (request, params, note) => {
    const { name } = parse(Params, params);
    const wish = await parseOptionalBody(StartUpdate, request);
    note({ action: "update.start", target: name, detail: wish.target_version ?? undefined });
    return app().updates.start(name, wish);
  }),
});
