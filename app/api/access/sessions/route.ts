import { app } from "@/lib/server/app";
import { audited, callerOf, routes } from "@/lib/server/http";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  DELETE: audited(app, async (request, _params, note) => {
    note({ action: "access.session_revoked", target: "all other browsers" });
    await app().access.revokeOtherSessions(callerOf(request));
    return { status: "ok" };
  }),
});
