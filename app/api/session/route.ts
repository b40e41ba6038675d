import { SignIn } from "@/lib/contract/access";
import { app } from "@/lib/server/app";
import { agentOf, callerOf, parseBody, routes, withCookie } from "@/lib/server/http";

export const { GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE } = routes({
  GET: (request) => app().access.session(callerOf(request)),
  // Both are written into the audit where it is known who it was.
  POST: async (request) => {
    const { password } = await parseBody(SignIn, request);
    return withCookie(await app().access.signIn(callerOf(request), password, agentOf(request)));
  },
  DELETE: async (request) => withCookie(await app().access.signOut(callerOf(request))),
});
