import * as z from "zod/mini";
import { ServiceName } from "@/lib/contract/services";
import { UpdateSettings } from "@/lib/contract/updates";
import { app } from "@/lib/server/app";
import { audited, parse, parseBody, routes } from "@/lib/server/http";
import { sayUpdateSettings } from "@/lib/words/activity";

const Params = z.object({ name: ServiceName });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  PUT: audited(app, async (request, params, note) => {
    const { name } = parse(Params, params);
    const settings = await parseBody(UpdateSettings, request);
    note({ action: "update.policy", target: name, detail: sayUpdateSettings(settings) });
    return app().updateSettings.set(name, settings);
  }),
});
