import * as z from "zod/mini";
import { ServiceName } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { parse, routes } from "@/lib/server/http";

const Params = z.object({ name: ServiceName });

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: (_request, params) => app().updates.cancel(parse(Params, params).name),
});
