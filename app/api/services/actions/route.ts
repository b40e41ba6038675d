import { BulkAction } from "@/lib/contract/services";
import { app } from "@/lib/server/app";
import { audited, parseBody, routes } from "@/lib/server/http";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  POST: audited(app, async (request, _params, note) => {
    const bulk = await parseBody(BulkAction, request);
    const { action, names } = bulk;
    note(
      ...[...new Set(names)].map((target) => ({ action: `service.${action}` as const, target })),
    );
    return app().actions.actMany(bulk);
  }),
});
