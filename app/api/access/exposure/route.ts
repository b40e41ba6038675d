import { Exposure } from "@/lib/contract/access";
import { app } from "@/lib/server/app";
import { audited, callerOf, parseBody, routes } from "@/lib/server/http";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  PUT: audited(app, async (request, _params, note) => {
    const { meant } = await parseBody(Exposure, request);
    note({ action: "access.exposure_set", target: null, detail: meant ? "meant" : "not meant" });
    return app().access.setMeant(callerOf(request), meant);
  }),
});
