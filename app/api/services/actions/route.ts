import { BulkAction } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { parseBody, routes } from "@/lib/server/http";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: async (request) => app().actions.actMany(await parseBody(BulkAction, request)),
});
