import { NewPassword, RemovePassword } from "@/lib/contract/access";
import { app } from "@/lib/server/app";
import { agentOf, audited, callerOf, parseBody, routes, withCookie } from "@/lib/server/http";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  PUT: audited(app, async (request, _params, note) => {
    const password = await parseBody(NewPassword, request);
    note({ action: "access.password_set", target: null });
    const { access } = app();
    return withCookie(await access.setPassword(callerOf(request), password, agentOf(request)));
  }),
  DELETE: audited(app, async (request, _params, note) => {
    const { current } = await parseBody(RemovePassword, request);
    note({ action: "access.password_removed", target: null });
    return withCookie(await app().access.removePassword(callerOf(request), current));
  }),
});
