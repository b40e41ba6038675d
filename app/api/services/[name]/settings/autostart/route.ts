import * as z from "zod/mini";
import { AutostartSetting } from "@/lib/contract/autostart";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { audited, parse, parseBody, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: audited(app, async (request, params, note) => {
    const { name } = parse(Params, params);
    const { enabled } = await parseBody(AutostartSetting, request);
    note({ action: "autostart.set", target: name, detail: enabled ? "on" : "off" });
    return app().autostart.set(name, enabled);
  }),
});
