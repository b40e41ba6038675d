import { app } from "@/lib/server/app";
import { routes } from "@/lib/server/http";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: () => app().updates.jobs(),
});
