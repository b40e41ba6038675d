import * as z from "zod/mini";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { audited, parse, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: audited(app, (_request, params, note) => {
    const { name } = parse(Params, params);
    note({ action: "update.cancel", target: name });
    return app().updates.cancel(name);
  }),
});
