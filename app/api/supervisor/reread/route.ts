import { app } from "@/lib/server/app";
import { audited, routes } from "@/lib/server/http";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: audited(app, (_request, _params, note) => {
    note({ action: "config.reread", target: null });
    return app().supervisor.reread();
  }),
});
