import { NewToken } from "@/lib/contract/access";
import { app } from "@/lib/server/app";
import { audited, callerOf, parseBody, routes } from "@/lib/server/http";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: audited(app, async (request, _params, note) => {
    const token = await parseBody(NewToken, request);
    note({ action: "access.token_created", target: token.name, detail: token.scope });
    return app().access.createToken(callerOf(request), token);
  }),
});
