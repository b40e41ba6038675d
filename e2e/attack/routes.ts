import { readFileSync } from "node:fs";
import type { Machine } from "../machine";
import { ask, bearer } from "./requests";

const MANIFEST = ".next/app-path-routes-manifest.json";
const FILES = [/^\/icon\.svg$/, /^\/_/];

/** Every address that the build knows, as in `/api/services/[name]/log`. */
export function builtRoutes(): string[] {
  const routes = Object.values<string>(JSON.parse(readFileSync(MANIFEST, "utf8")));
  return routes.filter((route) => !FILES.some((file) => file.test(route))).sort();
}

/** With something in its places: `/api/services/comfy/log`. */
export function inRoute(route: string, name = "comfy"): string {
  return route
    .replace("[[...path]]", "nothing/here")
    .replace("[name]", name)
    .replace("[action]", "stop")
    .replace("[id]", "an-id");
}

/** The methods that a route knows, as it says itself. */
export async function methodsOf(
  machine: Machine,
  route: string,
  secret: string,
): Promise<string[]> {
  const { headers } = await ask(machine.url, {
    method: "OPTIONS",
    path: inRoute(route),
    headers: bearer(secret),
  });
  return headers.get("allow")?.split(", ") ?? [];
}
