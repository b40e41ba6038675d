import * as z from "zod/mini";
import { ServiceName } from "@/lib/contract/services";
import { UpdateSettings } from "@/lib/contract/updates";
import { app } from "@/lib/server/app";
import { parse, parseBody, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  PUT: async (request, params) => {
    const { name } = parse(Params, params);
    return app().updateSettings.set(name, await parseBody(UpdateSettings, request));
  },
});
