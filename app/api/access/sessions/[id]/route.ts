import * as z from "zod/mini";
import { AccessId } from "@/lib/contract/access";
import { app } from "@/lib/server/app";
import { audited, callerOf, parse, routes } from "@/lib/server/http";

const Params = z.object({ id: AccessId });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  DELETE: audited(app, async (request, params, note) => {
    const { id } = parse(Params, params);
    const browser = await app().access.revokeSession(callerOf(request), id);
    note({ action: "access.session_revoked", target: browser });
    return { status: "ok" };
  }),
});
