import type { Caller } from "@/lib/contract/access";
import { CALLER_HEADER } from "../http";

/** A request as the front door lets it in where no password is set. */
export function askedFrom(address: string, init: RequestInit = {}): Request {
  const caller: Caller = { kind: "open", name: "anyone", scope: "full", address };
  const request = new Request("http://test/", init);
  request.headers.set(CALLER_HEADER, JSON.stringify(caller));
  return request;
}
