import apps from "@/scripts/apps.json";

/** What ControlPilot knows of a service that supervisord cannot tell. */
export type CatalogueEntry = {
  display: string;
  portVariable: string | null;
  defaultPort: number | null;
  loopbackOnly: boolean;
  /** People's unsaved work lives in it while it runs: a training, a notebook, a queue. */
  holdsWork: boolean;
  /** Where its app may be; see scripts/apps.json. Empty: it is always there. */
  candidates: string[];
};

const LOOPBACK_ONLY = new Set(["copilot"]);
const HOLDS_NO_WORK = new Set(["diffpipe", "controlpilot", "copilot"]);

/** The nine services of LoRA Pilot, in the order in which every list shows them. */
export const CATALOGUE: ReadonlyMap<string, CatalogueEntry> = new Map(
  Object.entries(apps).map(([name, app]) => [
    name,
    {
      display: app.display,
      portVariable: app.portEnv,
      defaultPort: app.port,
      loopbackOnly: LOOPBACK_ONLY.has(name),
      holdsWork: !HOLDS_NO_WORK.has(name),
      candidates: app.candidates,
    },
  ]),
);

/** Any other program in the supervisor config, about which nothing is known. */
export function unlisted(name: string): CatalogueEntry {
  return {
    display: name,
    portVariable: null,
    defaultPort: null,
    loopbackOnly: false,
    holdsWork: true,
    candidates: [],
  };
}

/** The nine first, in their order, then the others by name. */
export function byCatalogueOrder(a: string, b: string): number {
  const order = [...CATALOGUE.keys()];
  const rank = (name: string) => (order.indexOf(name) + order.length + 1) % (order.length + 1);
  return rank(a) - rank(b) || a.localeCompare(b);
}
