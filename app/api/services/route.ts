import { app } from "@/lib/server/app";
import { routes } from "@/lib/server/http";

export const dynamic = "force-dynamic";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: () => app().services.list(),
});
