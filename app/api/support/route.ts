import { app } from "@/lib/server/app";
import { archiveFile, audited, callerOf, download, routes } from "@/lib/server/http";

export const dynamic = "force-dynamic";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: audited(app, (request, _params, note) => {
    note({ action: "support.bundle", target: null });
    const bundle = app().support.bundle(callerOf(request), request.signal);
    return download(request, archiveFile(bundle));
  }),
});
