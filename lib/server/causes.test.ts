import { expect, test } from "vitest";
import type { LogLine } from "./adapters/last-lines";
import type { Listener } from "./adapters/listeners";
import { createCauses } from "./causes";
import { AppError } from "./errors";
import type { Ending } from "./services";

const ENDED_AT = "2026-02-11T10:00:00.000Z";
const ENDING: Ending = {
  name: "ai-toolkit",
  display: "AI Toolkit",
  port: 8675,
  state: "FATAL",
  exit_status: 1,
  exit_signal: null,
  ended_at: ENDED_AT,
};
const OOM =
  "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 47.99 GiB of which 1.88 GiB is free.";
const TAKEN = "Error: listen EADDRINUSE: address already in use :::8675";

type World = {
  out?: string;
  err?: string;
  writtenAt?: string;
  listeners?: Map<number, Listener>;
  oomKill?: boolean;
  failure?: Error;
};

function linesOf(text: string): LogLine[] {
  return text.split("\n").map((line, i) => ({ offset: i * 100, text: line }));
}

function causesIn({ out, err, writtenAt = ENDED_AT, listeners, oomKill, failure }: World) {
  const contents = new Map([
    ["/out", out],
    ["/err", err],
  ]);
  let reads = 0;
  const { causeOf } = createCauses({
    logs: { paths: async () => ({ out: "/out", err: "/err" }) },
    async readLastLines(path) {
      reads += 1;
      if (failure) throw failure;
      const text = contents.get(path);
      if (text === undefined) return null;
      return { id: "f1", lines: linesOf(text), writtenAt: new Date(writtenAt) };
    },
    findListener: async (port) => listeners?.get(port),
    oomKillAt: () => oomKill ?? false,
  });
  return { causeOf, reads: () => reads };
}

test("tells what is the case, what to do, and where the log says so", async () => {
  const { causeOf } = causesIn({ err: `loading\n${OOM}` });

  expect(await causeOf(ENDING)).toEqual({
    kind: "gpu_memory",
    title: "not enough GPU memory",
    text: "AI Toolkit asked for 2.5 GB; 1.9 GB of 48 GB were free.",
    advice: expect.stringContaining("Stop a service that holds GPU memory"),
    line: { stream: "err", file: "f1", offset: 100, text: OOM },
  });
});

test("looks once for each end, however often it is asked", async () => {
  const { causeOf, reads } = causesIn({ err: OOM });

  await Promise.all([causeOf(ENDING), causeOf(ENDING)]);
  await causeOf({ ...ENDING, state: "BACKOFF" });
  expect(reads()).toBe(2);
  await causeOf({ ...ENDING, ended_at: "2026-02-11T10:00:30.000Z" });
  expect(reads()).toBe(4);
  await causeOf({ ...ENDING, name: "comfy" });
  expect(reads()).toBe(6);
});

test("the out log counts only where nothing was written to the err log", async () => {
  expect(await causesIn({ out: OOM }).causeOf(ENDING)).toMatchObject({ line: { stream: "out" } });
  expect(await causesIn({ out: OOM, err: "KeyError: 'x'" }).causeOf(ENDING)).toBeNull();
});

test("what was written long before the end, or cannot be read, says nothing", async () => {
  const old = causesIn({ err: OOM, writtenAt: "2026-02-11T09:50:00.000Z" });
  expect(await old.causeOf(ENDING)).toBeNull();

  const closed = causesIn({ failure: new AppError("conflict", "no permission") });
  expect(await closed.causeOf(ENDING)).toBeNull();
  const torn = causesIn({ failure: Object.assign(new Error("i/o error"), { code: "EIO" }) });
  expect(await torn.causeOf(ENDING)).toBeNull();
  const bug = causesIn({ failure: new Error("a bug") });
  await expect(bug.causeOf(ENDING)).rejects.toThrow("a bug");
  expect(await causesIn({ err: OOM }).causeOf({ ...ENDING, ended_at: null })).toBeNull();
});

test.each([
  { exit_signal: "SIGTERM", exit_status: null },
  { exit_signal: "SIGSEGV", exit_status: null },
  { exit_signal: null, exit_status: 143 },
  { exit_signal: "SIGKILL", exit_status: null },
  { exit_signal: null, exit_status: 137 },
])("what it said last is no reason for an end like %o", async (end) => {
  expect(await causesIn({ err: OOM }).causeOf({ ...ENDING, ...end })).toBeNull();
});

test("a kill has a reason where the kernel has just killed for memory", async () => {
  const killed = { ...ENDING, exit_status: null, exit_signal: "SIGKILL" };
  const said = "start.sh: line 4: 21051 Killed                  python3 main.py";

  expect(await causesIn({ err: "loading", oomKill: true }).causeOf(killed)).toMatchObject({
    kind: "killed_for_memory",
    text: "The kernel ended it: the machine's memory was full.",
    line: null,
  });
  const byShell = causesIn({ err: `loading\n${said}\nworker ended with code 137`, oomKill: true });
  expect(await byShell.causeOf({ ...ENDING, exit_status: 137 })).toMatchObject({
    line: { stream: "err", file: "f1", offset: 100, text: said },
  });
  const notKilled = causesIn({ err: "loading", oomKill: true });
  expect(await notKilled.causeOf(ENDING)).toBeNull();
});

const node = { pid: 2231, command: "node" };

test.each<[string, string, Map<number, Listener>, Partial<Ending>, string, string]>([
  [
    "its own port, with who has it",
    TAKEN,
    new Map([[8675, node]]),
    {},
    "Port 8675 is taken by node (pid 2231).",
    "Stop that program, or set AI_TOOLKIT_PORT to another port.",
  ],
  [
    "another port than its own",
    TAKEN,
    new Map([[8675, node]]),
    { port: 9000 },
    "Port 8675 is taken by node (pid 2231).",
    "Stop that program, or give one of the two another port.",
  ],
  [
    "a port of somebody who cannot be seen",
    TAKEN,
    new Map([[8675, null]]),
    {},
    "Port 8675 is taken by another program.",
    "Stop that program, or set AI_TOOLKIT_PORT to another port.",
  ],
  [
    "a port that is free again",
    TAKEN,
    new Map(),
    {},
    "Port 8675 was taken when AI Toolkit started. Nothing listens there now.",
    "Start it again.",
  ],
  [
    "a port without its number, which is its own",
    "OSError: [Errno 98] Address already in use",
    new Map([[8675, node]]),
    {},
    "Port 8675 is taken by node (pid 2231).",
    "Stop that program, or set AI_TOOLKIT_PORT to another port.",
  ],
  [
    "a port without its number, which is not its own",
    "OSError: [Errno 98] Address already in use",
    new Map(),
    {},
    "A port that AI Toolkit listens on is taken by another program.",
    "Stop that program, or give one of the two another port.",
  ],
])("says of a taken port: %s", async (_what, err, listeners, ending, text, advice) => {
  const cause = await causesIn({ err, listeners }).causeOf({ ...ENDING, ...ending });

  expect(cause).toMatchObject({ kind: "port_in_use", text, advice });
});

test.each([
  [
    "ModuleNotFoundError: No module named 'nodes'",
    "AI Toolkit needs the module nodes, which is not installed.",
  ],
  [
    "ImportError: cannot import name 'a' from 'b' (/x/b.py)",
    "AI Toolkit needs a from b, which does not have it in the version that is installed.",
  ],
  [
    "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
    "AI Toolkit needs the system library libGL.so.1, which this machine does not have.",
  ],
  [
    "OSError: [Errno 28] No space left on device",
    "AI Toolkit could not write: no space was left on the disk.",
  ],
  [
    "OSError: [Errno 122] Disk quota exceeded",
    "AI Toolkit could not write: the quota of the disk is used up.",
  ],
  [
    "Access to model acme/m is restricted.",
    "The model hub does not let AI Toolkit download acme/m.",
  ],
  ["MemoryError", "AI Toolkit asked for more memory than the machine could give."],
  [
    "RuntimeError: Found no NVIDIA driver on your system.",
    "AI Toolkit found no NVIDIA driver on this machine.",
  ],
  [
    "RuntimeError: The NVIDIA driver on your system is too old",
    "AI Toolkit was built for a newer NVIDIA driver than this machine has.",
  ],
  [
    "AssertionError: Torch not compiled with CUDA enabled",
    "AI Toolkit runs on a PyTorch that was not built for the GPU of this machine.",
  ],
  [
    "PermissionError: [Errno 13] Permission denied: '/x y'",
    "AI Toolkit has no permission for /x y.",
  ],
  ["Error: listen EACCES: permission denied 0.0.0.0:80", "AI Toolkit may not listen on port 80."],
  [
    "RuntimeError: CUDA error: out of memory",
    "AI Toolkit asked for more GPU memory than was free.",
  ],
])("says of %j what is the case", async (err, text) => {
  const cause = await causesIn({ err }).causeOf(ENDING);

  expect(cause?.text).toBe(text);
  expect(cause?.title).toMatch(/^(?:[a-z]|PyTorch)/);
  expect(cause?.advice).toMatch(/\.$/);
});

test("a secret in the line is not told", async () => {
  const err = "PermissionError: [Errno 13] Permission denied: 'HF_TOKEN=hf_abcdefghijklmnop'";
  const cause = await causesIn({ err }).causeOf(ENDING);

  expect(cause?.line?.text).not.toContain("hf_abc");
});
