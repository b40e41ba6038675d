import type { Cause } from "@/lib/contract/causes";
import type { Listener } from "./adapters/listeners";
import type { Finding } from "./causes-signs";

type Words = Pick<Cause, "title" | "text" | "advice">;

export type CauseFacts = {
  /** The service, as people see it. */
  display: string;
  /** Sets the port that is taken; null where that is not its own. */
  portVariable: string | null;
  /** Who listens at the taken port now: null where that may not be seen, undefined where nobody does. */
  listener?: Listener | undefined;
};

/** What is the case, why, and what a person can do about it who does not administer the machine. */
export function sayCause(finding: Finding, facts: CauseFacts): Words {
  switch (finding.kind) {
    case "gpu_memory":
      return {
        title: "not enough GPU memory",
        text: sayGpuMemory(finding, facts),
        advice:
          "Stop a service that holds GPU memory, or let it work on something smaller: a smaller model, image or batch.",
      };
    case "port_in_use":
      return sayPort(finding, facts);
    case "missing_module":
      return sayMissing(finding, facts);
    case "disk_full":
      return sayFull(finding, facts);
    case "hub_unauthorized":
      return {
        title: "refused by the model hub",
        text: `The model hub does not let ${facts.display} download ${finding.model ?? "a model"}.`,
        advice:
          'Ask for access on the page of the model. Then set HF_TOKEN in config/secrets.env, or log in with "hf auth login" in a terminal, and start it again.',
      };
    case "killed_for_memory":
      return sayMemory(finding, facts);
    case "driver_mismatch":
      return sayDriver(finding, facts);
    case "permission":
      return sayPermission(finding, facts);
  }
}

type Of<Kind extends Finding["kind"]> = Extract<Finding, { kind: Kind }>;

function sayGpuMemory({ asked, free, total }: Of<"gpu_memory">, { display }: CauseFacts): string {
  if (asked === null) return `${display} asked for more GPU memory than was free.`;
  const start = `${display} asked for ${gb(asked)}`;
  if (free === null) return `${start} of GPU memory, more than was free.`;
  return `${start}; ${gb(free)}${total === null ? "" : ` of ${gb(total)}`} were free.`;
}

function sayPort({ port }: Of<"port_in_use">, facts: CauseFacts): Words {
  const { display, listener, portVariable } = facts;
  const title = port === null ? "a port is taken" : `port ${port} is taken`;
  const what = port === null ? `A port that ${display} listens on` : `Port ${port}`;
  if (port !== null && listener === undefined) {
    const text = `Port ${port} was taken when ${display} started. Nothing listens there now.`;
    return { title, text, advice: "Start it again." };
  }
  const by = listener ? `${listener.command} (pid ${listener.pid})` : "another program";
  const other = portVariable
    ? `set ${portVariable} to another port`
    : "give one of the two another port";
  return { title, text: `${what} is taken by ${by}.`, advice: `Stop that program, or ${other}.` };
}

function sayMissing(finding: Of<"missing_module">, { display }: CauseFacts): Words {
  switch (finding.what) {
    case "module":
      return {
        title: `the module ${finding.name} is missing`,
        text: `${display} needs the module ${finding.name}, which is not installed.`,
        advice:
          "Update it, so that what it needs is installed. What you added to it, such as custom nodes, may need its own requirements.",
      };
    case "name":
      return {
        title: "two packages do not fit together",
        text: `${display} needs ${finding.name} from ${finding.from}, which does not have it in the version that is installed.`,
        advice: "Update it, or roll its last update back, so that its packages fit together again.",
      };
    case "library":
      return {
        title: `the library ${finding.name} is missing`,
        text: `${display} needs the system library ${finding.name}, which this machine does not have.`,
        advice: "Install the system package that holds it, or use an image that has it.",
      };
  }
}

function sayFull({ what }: Of<"disk_full">, { display }: CauseFacts): Words {
  switch (what) {
    case "disk":
      return {
        title: "the disk is full",
        text: `${display} could not write: no space was left on the disk.`,
        advice:
          "Delete what you no longer need, such as old outputs and models, and start it again.",
      };
    case "quota":
      return {
        title: "the disk quota is used up",
        text: `${display} could not write: the quota of the disk is used up.`,
        advice: "Delete what you no longer need, or get a larger volume, and start it again.",
      };
    case "shared memory":
      return {
        title: "the shared memory is full",
        text: `${display} could not write to /dev/shm, the machine's shared memory: it is full.`,
        advice: "Let it load data with fewer workers, or stop a service that does the same.",
      };
  }
}

function sayMemory({ what }: Of<"killed_for_memory">, { display }: CauseFacts): Words {
  const advice =
    "Stop a service that needs much memory, or let it work on something smaller; then start it again.";
  if (what === "refused") {
    const text = `${display} asked for more memory than the machine could give.`;
    return { title: "not enough memory", text, advice };
  }
  const text = "The kernel ended it: the machine's memory was full.";
  return { title: "killed, the memory was full", text, advice };
}

function sayDriver({ what }: Of<"driver_mismatch">, { display }: CauseFacts): Words {
  switch (what) {
    case "too old":
      return {
        title: "the NVIDIA driver is too old",
        text: `${display} was built for a newer NVIDIA driver than this machine has.`,
        advice: "Roll its last update back, or use a machine with a newer driver.",
      };
    case "missing":
      return {
        title: "no NVIDIA driver",
        text: `${display} found no NVIDIA driver on this machine.`,
        advice:
          "Look in a terminal whether nvidia-smi lists a GPU. If it does not, the machine was started without one.",
      };
    case "wrong build":
      return {
        title: "PyTorch does not fit the GPU",
        text: `${display} runs on a PyTorch that was not built for the GPU of this machine.`,
        advice: "Update it, or roll its last update back, so that its PyTorch fits the GPU.",
      };
  }
}

function sayPermission(finding: Of<"permission">, { display }: CauseFacts): Words {
  switch (finding.what) {
    case "file":
      return {
        title: "no permission",
        text: `${display} has no permission for ${finding.path ?? "a file that it needs"}.`,
        advice:
          "Give the user that it runs as the right to it, with chown or chmod in a terminal, and start it again.",
      };
    case "read-only":
      return {
        title: "the disk is read-only",
        text: `${display} cannot write ${finding.path ?? "its files"}: the disk is read-only.`,
        advice: "Let it write to a folder of the workspace instead.",
      };
    case "port":
      return {
        title: "no permission for its port",
        text: `${display} may not listen on port ${finding.port}.`,
        advice: "Give it a port from 1024 on.",
      };
  }
}

/** As in "2.5 GB", "48 GB" and "20 MB". */
function gb(size: number): string {
  if (size < 0.1) return `${Math.round(size * 1024)} MB`;
  return `${size < 10 ? Number(size.toFixed(1)) : Math.round(size)} GB`;
}
