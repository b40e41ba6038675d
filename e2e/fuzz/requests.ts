import * as fc from "fast-check";
import type { Route } from "./routes";
import { bodyFor, nastyText, textOf } from "./values";

export type FuzzRequest = {
  method: string;
  /** As it stands in the request line. */
  target: string;
  headers: Record<string, string>;
  body: Uint8Array | null;
};
/** What means something to this machine; `parts` by the name of the part of a path. */
export type Words = { all: string[]; parts: Record<string, string[]> };

/** Addresses that Next has of its own, or might have. */
const OF_NEXT = ["/_next/image", "/_next/data/x/index.json", "/_next/static/chunks/x.js", "/_next"];
const BROKEN_PARTS = [
  "%",
  "%zz",
  "%E0%A4%A",
  "%00",
  "%2e%2e",
  "%2F..%2f",
  "%5c",
  "\\",
  "..",
  "%25",
];
const ODD_QUERIES = [
  "?",
  "&&==&",
  "=",
  "%",
  "a=%E0%A4",
  "a[]=1&a[b]=2",
  "#",
  "?a=1",
  "\u00ff=\u00ff",
];

const anyMethod = fc.oneof(
  { weight: 10, arbitrary: fc.constant("GET") },
  { weight: 5, arbitrary: fc.constantFrom("POST", "PUT", "DELETE") },
  { weight: 2, arbitrary: fc.constantFrom("HEAD", "OPTIONS", "PATCH") },
  { weight: 1, arbitrary: fc.constantFrom("TRACE", "PROPFIND", "QUERY", "LINK", "M-SEARCH") },
);

const HEADERS: Record<string, string[]> = {
  accept: [
    "*/*",
    "text/html",
    "text/event-stream",
    "application/json;q=NaN",
    ",;,",
    "text/x-component",
  ],
  "accept-encoding": ["gzip", "br;q=2", "identity;q=0, *;q=0", ""],
  "accept-language": ["de", "*", "x".repeat(2000)],
  range: ["bytes=0-", "bytes=-1", "bytes=9-1", "bytes=0-0,1-1,2-2", "lines=1-2"],
  "if-none-match": ["*", '"x"', "W/"],
  "if-modified-since": ["Thu, 01 Jan 1970 00:00:00 GMT", "yesterday"],
  "if-match": ["*"],
  origin: ["null", "http://evil.example", "http://", "http://localhost", "\u00ff"],
  referer: ["http://evil.example/", "/", "%"],
  host: ["localhost", "evil.example", "127.0.0.1:1", "[::1]", "a.localhost:99999", "[", ""],
  "sec-fetch-site": ["same-origin", "cross-site", "none", "nonsense"],
  "sec-fetch-mode": ["navigate", "cors", "no-cors"],
  "sec-fetch-dest": ["document", "script", "iframe"],
  "last-event-id": ["1", "{}", "-", "e30", "x".repeat(7000)],
  "user-agent": ["", "\u00e9\u00ff", "Mozilla/5.0 (X11; Linux) Firefox/999", "x".repeat(4000)],
  "x-forwarded-for": ["1.2.3.4", "::ffff:1.2.3.4, x", "unknown"],
  "x-forwarded-host": ["evil.example", "a, b"],
  "x-forwarded-proto": ["https", "https, http"],
  "x-http-method-override": ["DELETE"],
  "x-controlpilot-caller": ['{"kind":"open","scope":"full"}', "null"],
  "content-encoding": ["gzip", "br"],
  connection: ["close", "keep-alive", "x-controlpilot-caller"],
  rsc: ["1"],
  "next-router-state-tree": ["1", "%", "[]", '["",{}]'],
  "next-router-prefetch": ["1", "2"],
  "next-router-segment-prefetch": ["/_tree", "/../x"],
  "next-url": ["/", "//x", "\u00ff"],
  "next-action": ["x", "0".repeat(42)],
  "next-resume": ["1"],
  "x-nextjs-data": ["1"],
  "x-middleware-subrequest": ["middleware:middleware:middleware:middleware:middleware"],
  "x-matched-path": ["/api/services"],
  "x-prerender-revalidate": ["x"],
  purpose: ["prefetch"],
};
/** What makes a caller another one; only for who is nobody. */
const CLAIMS: Record<string, string[]> = {
  authorization: [
    "Bearer",
    "Bearer x",
    "Basic YTpi",
    `Bearer cp_${"a".repeat(43)}`,
    "bearer  \u00ff",
  ],
  cookie: [
    `controlpilot_session=${"a".repeat(43)}`,
    "controlpilot_session=; controlpilot_session=x",
    "__Host-controlpilot_session=x; ;=;",
    "\u00ff=\u00ff",
  ],
};

/** One request each: to a route, an address of Next's, or none at all. */
export function requestsTo(routes: Route[], words: Words): fc.Arbitrary<FuzzRequest> {
  const toRoutes = routes.map((route) =>
    fc.record({
      method: methodOf(route),
      target: targetOf(route, words),
      headers: headersOf(HEADERS),
      body: bodyFor(route.bodies, words.all),
    }),
  );
  const elsewhere = fc.record({
    method: anyMethod,
    target: fc.oneof(
      fc.constantFrom(...OF_NEXT),
      nastyText.map((text) => `/${text}`),
    ),
    headers: headersOf(HEADERS),
    body: bodyFor([], words.all),
  });
  return fc.oneof(...toRoutes, elsewhere).map(sendable);
}

export function claiming(requests: fc.Arbitrary<FuzzRequest>): fc.Arbitrary<FuzzRequest> {
  return fc
    .tuple(requests, headersOf(CLAIMS))
    .map(([request, claims]) =>
      sendable({ ...request, headers: { ...request.headers, ...claims } }),
    );
}

function methodOf({ methods }: Route): fc.Arbitrary<string> {
  return methods.length === 0 ? anyMethod : fc.oneof(fc.constantFrom(...methods), anyMethod);
}

function headersOf(known: Record<string, string[]>): fc.Arbitrary<Record<string, string>> {
  const named = Object.entries(known).map(([name, values]) =>
    fc.tuple(fc.constant(name), fc.oneof(fc.constantFrom(...values), nastyText)),
  );
  const json = fc.constant<[string, string]>(["content-type", "application/json"]);
  const types = [
    "text/plain",
    "multipart/form-data; boundary=",
    "application/json; charset=\u00ff",
    ";",
  ];
  const otherType = fc
    .constantFrom(...types)
    .map((type): [string, string] => ["content-type", type]);
  const header = fc.oneof({ weight: 10, arbitrary: json }, otherType, ...named);
  return fc.array(header, { maxLength: 3 }).map((headers) => Object.fromEntries(headers));
}

function targetOf({ path, fields }: Route, words: Words): fc.Arbitrary<string> {
  const parts = path
    .split("/")
    .slice(1)
    .map((part) => partOf(part, words));
  const query = fc.array(fieldOf(fields, words), { maxLength: 4 });
  const tail = fc.oneof(
    { weight: 20, arbitrary: fc.constant("") },
    fc.constantFrom(...ODD_QUERIES),
  );
  return fc.tuple(fc.tuple(...parts), query, tail).map(([segments, pairs, odd]) => {
    const asked = [...pairs, ...(odd ? [odd] : [])].join("&");
    return `/${segments.join("/")}${asked ? `?${asked}` : ""}`;
  });
}

/** "[name]" is any name, "[[...path]]" any path, and what is always the same hardly ever something else. */
function partOf(part: string, { all, parts }: Words): fc.Arbitrary<string> {
  const name = /^\[+(?:\.\.\.)?(\w+)\]+$/.exec(part)?.[1];
  if (name === undefined)
    return fc.oneof({ weight: 40, arbitrary: fc.constant(part) }, encoded(nastyText));
  const one = encoded(textOf(parts[name] ?? all));
  return part.includes("...")
    ? fc.array(one, { maxLength: 4 }).map((segments) => segments.join("/"))
    : one;
}

function fieldOf(fields: string[], words: Words): fc.Arbitrary<string> {
  const name = fields.length > 0 ? textOf(fields) : nastyText;
  return fc.tuple(encoded(name), encoded(textOf(words.all))).map((pair) => pair.join("="));
}

/** As a browser does it; each byte, as nobody does; and not at all. */
function encoded(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    {
      weight: 12,
      arbitrary: text.map((plain) => encodeURIComponent(Buffer.from(plain).toString())),
    },
    { weight: 1, arbitrary: text.map(encodeBytes) },
    { weight: 1, arbitrary: text },
    { weight: 1, arbitrary: fc.constantFrom(...BROKEN_PARTS) },
  );
}

function encodeBytes(text: string): string {
  const bytes = [...Buffer.from(text)];
  return bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}

/** Node's client sends nothing that would break its own lines; `raw.ts` does. */
function sendable({ target, headers, ...rest }: FuzzRequest): FuzzRequest {
  const clean = (value: string) => value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "?");
  return {
    ...rest,
    target: target.replaceAll(/[^\x21-\x7e]/g, "?"),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, clean(value)]),
    ),
  };
}
