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

const LONGEST_NAME = 60;
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

/** Whether the candidates tell where its app is: they do for what LoRA Pilot's own launchers start. */
export function isLaunchedByPilot(command: string | undefined): boolean {
  return /\/opt\/pilot\/(?!original\/)/.test(command ?? "");
}

/** Any other program in the supervisor config, about which nothing is known but what its section says. */
export function unlisted(
  name: string,
  section: Readonly<Record<string, string>> = {},
): CatalogueEntry {
  return {
    display: displayOf(name, readOwnName(section.controlpilot_name)),
    portVariable: null,
    defaultPort: readOwnPort(section.controlpilot_port),
    loopbackOnly: false,
    holdsWork: true,
    candidates: [],
  };
}

/** Several processes may share one section: `tagger:tagger_0` is "My Tagger (tagger_0)". */
function displayOf(name: string, ownName: string | null): string {
  const process = name.split(":")[1];
  if (ownName === null) return name;
  return process === undefined ? ownName : `${ownName} (${process})`;
}

/** Keys of a program's section that supervisord does not know and passes over. */
function readOwnName(text = ""): string | null {
  const isFit = text !== "" && text.length <= LONGEST_NAME && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
  return isFit ? text : null;
}

function readOwnPort(text = ""): number | null {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}

/** The nine first, in their order, then the others by name. */
export function byCatalogueOrder(a: string, b: string): number {
  const order = [...CATALOGUE.keys()];
  const rank = (name: string) => (order.indexOf(name) + order.length + 1) % (order.length + 1);
  return rank(a) - rank(b) || a.localeCompare(b);
}
