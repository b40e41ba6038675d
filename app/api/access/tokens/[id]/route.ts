import * as z from "zod/mini";
import { AccessId } from "@/lib/contract/access";
import { app } from "@/lib/server/app";
import { audited, callerOf, parse, routes } from "@/lib/server/http";

const Params = z.object({ id: AccessId });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  DELETE: audited(app, async (request, params, note) => {
    const { id } = parse(Params, params);
    const name = await app().access.revokeToken(callerOf(request), id);
    note({ action: "access.token_revoked", target: name });
    return { status: "ok" };
  }),
});
