import * as z from "zod/mini";
import { AutostartSetting } from "@/lib/contract/autostart";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { parse, parseBody, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: async (request, params) => {
    const { name } = parse(Params, params);
    const { enabled } = await parseBody(AutostartSetting, request);
    return app().autostart.set(name, enabled);
  },
});
