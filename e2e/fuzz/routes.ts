import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";

const MANIFEST = ".next/app-path-routes-manifest.json";
const CONTRACT = "lib/contract";
/** A handle of a route: `POST: audited(app, …)`. */
const HANDLE = /^ {2}(GET|POST|PUT|PATCH|DELETE): /gm;
/** A field of a schema that stands in a route's own file: `lines: z._default(Count, 100)`. */
const FIELD = /\b([a-z_]+): (?:z\.|[A-Z])/g;

export type JsonSchema = z.core.JSONSchema.JSONSchema;
export type Route = {
  /** As the build writes it: "/api/services/[name]/log". */
  path: string;
  /** Those that it has a handle for. */
  methods: string[];
  /** What it may be asked, by name. */
  fields: string[];
  /** What it may be sent. */
  bodies: JsonSchema[];
};

/** All that the build knows, with the names and shapes that their files take from the contract. */
export async function readRoutes(): Promise<Route[]> {
  const manifest = JSON.parse(readFileSync(MANIFEST, "utf8")) as Record<string, string>;
  const contract = await readContract();
  return Object.entries(manifest).map(([file, path]) => {
    const source = join("app", `${file}.ts`);
    const text = existsSync(source) ? readFileSync(source, "utf8") : "";
    const shapes = [...contract].filter(([name]) => new RegExp(`\\b${name}\\b`).test(text));
    const bodies = shapes.map(([, schema]) => schema).filter(({ type }) => type === "object");
    const methods = [...text.matchAll(HANDLE)].flatMap(([, method]) => method ?? []);
    const own = [...text.matchAll(FIELD)].flatMap(([, name]) => name ?? []);
    const known = bodies.flatMap(({ properties = {} }) => Object.keys(properties));
    return { path, methods, fields: [...new Set([...own, ...known])], bodies };
  });
}

/** Every schema by its name, as what is to be sent for it. */
async function readContract(): Promise<Map<string, JsonSchema>> {
  const files = readdirSync(CONTRACT).filter((file) => file.endsWith(".ts"));
  const modules = await Promise.all(files.map((file) => import(`../../${CONTRACT}/${file}`)));
  const schemas = modules.flatMap((module) => Object.entries<unknown>(module)).filter(isSchema);
  return new Map(schemas.map(([name, schema]) => [name, asJson(schema)]));
}

function isSchema(entry: [string, unknown]): entry is [string, z.core.$ZodType] {
  return entry[1] instanceof z.core.$ZodType;
}

function asJson(schema: z.core.$ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
}
