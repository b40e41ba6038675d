import { FilePen, FolderGit2, HardDrive, Layers, RotateCw, Undo2 } from "lucide-react";
import { countOf, formatSize } from "@/components/services/format";
import type { UpdatePlan } from "@/lib/contract/updates";
import { Change } from "./change";
import { shortVersion } from "./format";
import { PackageChanges } from "./package-changes";
import type { PlanProps } from "./plan-panel";

export function PlanChanges({ plan, display }: Pick<PlanProps, "plan" | "display">) {
  const { submodules_changed: submodules, local_changes: edits, overwritten } = plan;
  const staying = edits.filter((path) => !overwritten.includes(path));
  return (
    <section className="plan-section">
      <h3>What else changes</h3>
      <ul className="changes">
        <PackageChanges plan={plan} />
        {submodules.length === 0 ? null : (
          <Change icon={FolderGit2} note={submodules.join(", ")}>
            {countOf(submodules.length, "submodule")} {submodules.length === 1 ? "moves" : "move"}
          </Change>
        )}
        <Sharers sharers={plan.shares_venv_with} />
        <Change
          icon={HardDrive}
          note={plan.web_ui_is_built ? "The web interface is built again" : null}
        >
          {diskLine(plan)}
        </Change>
        <Change icon={RotateCw} note={null}>
          {restartLine(plan, display)}
        </Change>
        {staying.length === 0 ? null : (
          <Change icon={FilePen} note={staying.join(", ")}>
            {countOf(staying.length, "file")} with your edits{" "}
            {staying.length === 1 ? "stays" : "stay"} as{" "}
            {staying.length === 1 ? "it is" : "they are"}
          </Change>
        )}
        <Change icon={Undo2} note="What is needed for that is kept for the last three updates">
          If anything fails, {shortVersion(plan.from)} comes back by itself
        </Change>
      </ul>
    </section>
  );
}

function Sharers({ sharers }: { sharers: UpdatePlan["shares_venv_with"] }) {
  if (sharers.length === 0) return null;
  const running = sharers.filter((sharer) => sharer.running);
  const note =
    running.length === 0
      ? "Stopped, and stays stopped"
      : `${listOf(running)} ${running.length === 1 ? "runs" : "run"} now, and ${running.length === 1 ? "meets" : "meet"} the new packages at the next start`;
  return (
    <Change icon={Layers} note={note}>
      Shares its Python environment with <strong>{listOf(sharers)}</strong>
    </Change>
  );
}

function listOf(sharers: UpdatePlan["shares_venv_with"]) {
  return new Intl.ListFormat("en-GB").format(sharers.map(({ display }) => display));
}

function diskLine({ disk }: UpdatePlan) {
  const needed =
    disk.needed_bytes === 0 ? "Needs no disk" : `Needs ${formatSize(disk.needed_bytes)}`;
  return disk.free_bytes === null ? needed : `${needed}, ${formatSize(disk.free_bytes)} are free`;
}

function restartLine({ restarts, runs_now }: UpdatePlan, display: string) {
  if (restarts) return `${display} runs now and is restarted`;
  if (runs_now) return `${display} is not restarted: the new version comes with its next start`;
  return `${display} is stopped and stays stopped`;
}
