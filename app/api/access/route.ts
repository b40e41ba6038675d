import { app } from "@/lib/server/app";
import { callerOf, routes } from "@/lib/server/http";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request) => app().access.list(callerOf(request)),
});
