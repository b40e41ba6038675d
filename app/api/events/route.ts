import { app } from "@/lib/server/app";
import { routes } from "@/lib/server/http";
import { eventStream } from "@/lib/server/sse";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request) => eventStream(request, app().events.frames),
});
