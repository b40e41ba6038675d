import * as z from "zod/mini";
import { Flag } from "@/lib/contract/query";
import { ServiceAction, ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { accepted, audited, parse, parseQuery, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName, action: ServiceAction });
const Query = z.object({ wait: z.optional(Flag), force: z.optional(Flag) });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: audited(app, async (request, params, note) => {
    const { name, action } = parse(Params, params);
    const query = parseQuery(Query, request);
    const detail = query.wait === false ? "without waiting" : undefined;
    note({ action: `service.${action}`, target: name, detail });
    const answer = await app().actions.act(name, action, query);
    return answer.status === "accepted" ? accepted(answer) : answer;
  }),
});
