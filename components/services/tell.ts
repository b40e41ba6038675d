import { tellLost } from "@/components/ui/error-lost";
import { soon } from "@/components/ui/soon";

type Reports = typeof import("./reports");

const loadReports = soon(() => import("./reports"));

/** Tells how something went. Without the words for it, because ControlPilot is away, the notice of that does. */
export function tell(report: (reports: Reports) => void) {
  loadReports().then(report, () => tellLost());
}
