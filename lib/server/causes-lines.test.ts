import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { findKill, findSign } from "./causes-lines";
import type { Finding } from "./causes-signs";

const FIXTURES = new URL("../client/terminal/fixtures/", import.meta.url);

const linesOf = (log: string) =>
  log
    .split(/[\r\n]/)
    .map((text, offset) => ({ offset, text }))
    .filter(({ text }) => text.trim() !== "");

const findIn = (log: string) => findSign(linesOf(log))?.finding ?? null;

const TRACEBACK = `Traceback (most recent call last):
  File "/workspace/apps/x/main.py", line 38, in <module>
    raise PermissionError("[Errno 28] No space left on device")`;

test.each<[string, Finding, string]>([
  [
    "oom.txt",
    { kind: "gpu_memory", asked: 1.25, free: 612.81 / 1024, total: 23.64 },
    "torch.OutOfMemoryError: CUDA out of memory. Tried",
  ],
  [
    "oom-torch1.txt",
    { kind: "gpu_memory", asked: 1, free: 489.06 / 1024, total: 23.69 },
    "torch.cuda.OutOfMemoryError: CUDA",
  ],
  ["err-port-in-use.txt", { kind: "port_in_use", port: null }, "OSError: [Errno 98]"],
  ["err-port-in-use-uvicorn.txt", { kind: "port_in_use", port: 8188 }, "ERROR:    [Errno 98]"],
  [
    "err-module-missing.txt",
    { kind: "missing_module", what: "module", name: "nodes" },
    "ModuleNotFoundError: No module",
  ],
  ["err-no-space.txt", { kind: "disk_full", what: "disk" }, "OSError: [Errno 28]"],
  [
    "err-hub-401.txt",
    { kind: "hub_unauthorized", model: "acme/gated-model-dev" },
    "Access to model acme/gated-model-dev is restricted",
  ],
  [
    "err-driver.txt",
    { kind: "driver_mismatch", what: "too old" },
    "RuntimeError: CUDA error: CUDA driver version is insufficient",
  ],
  [
    "err-permission.txt",
    {
      kind: "permission",
      what: "file",
      path: "/workspace/models/checkpoints/new.safetensors",
    },
    "PermissionError: [Errno 13]",
  ],
])("recognises the recording %s, and the line that says so", (name, finding, line) => {
  const sighting = findSign(linesOf(readFileSync(new URL(name, FIXTURES), "utf8")));

  expect(sighting?.finding).toEqual(finding);
  expect(sighting?.line.text).toContain(line);
});

test("where a shell says that its program was killed is found, but is no cause by itself", () => {
  const lines = linesOf(readFileSync(new URL("err-killed.txt", FIXTURES), "utf8"));

  expect(findKill(lines)?.text).toMatch(/21051 Killed/);
  expect(findSign(lines)).toBeNull();
  expect(findKill(linesOf("a\nb"))).toBeNull();
});

const gpu = { kind: "gpu_memory", asked: null, free: null, total: null } as const;
const taken = (port: number | null) => ({ kind: "port_in_use", port }) as const;
const missing = (what: "module" | "library", name: string) =>
  ({ kind: "missing_module", what, name }) as const;
const refused = { kind: "killed_for_memory", what: "refused" } as const;
const disk = (what: "disk" | "quota" | "shared memory") => ({ kind: "disk_full", what }) as const;
const hub = (model: string | null) => ({ kind: "hub_unauthorized", model }) as const;
const driver = (what: "too old" | "missing" | "wrong build") =>
  ({ kind: "driver_mismatch", what }) as const;
const file = (path: string | null) => ({ kind: "permission", what: "file", path }) as const;

test.each<[string, Finding]>([
  ["RuntimeError: CUDA error: out of memory\nCompile with `TORCH_USE_CUDA_DSA`", gpu],
  ["RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", gpu],
  [
    "[rank0]: torch.OutOfMemoryError: Allocation on device 0 would exceed allowed memory. (out of memory)\nCurrently allocated     : 22.20 GiB\nRequested               : 2.50 GiB\nDevice limit            : 47.99 GiB\nFree (according to CUDA): 20.00 MiB",
    { kind: "gpu_memory", asked: 2.5, free: 20 / 1024, total: 47.99 },
  ],
  [
    "terminate called after throwing an instance of 'c10::Error'\n  what():  CUDA out of memory.",
    gpu,
  ],
  [
    `torch.OutOfMemoryError: CUDA out of memory.\n${TRACEBACK}\nsubprocess.CalledProcessError: Command '['python', 'train.py']' returned non-zero exit status 1.`,
    gpu,
  ],
  [
    "RuntimeError: [enforce fail at alloc_cpu.cpp:114] data. DefaultCPUAllocator: not enough memory: you tried to allocate 137438953472 bytes.",
    refused,
  ],
  [
    "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc",
    refused,
  ],
  ["MemoryError", refused],
  ["numpy._core._exceptions._ArrayMemoryError: Unable to allocate 74.5 GiB for an array", refused],

  [
    "OSError: [Errno 98] error while attempting to bind on address ('::', 8188, 0, 0): [errno 98] address already in use",
    taken(8188),
  ],
  [
    "Error: listen EADDRINUSE: address already in use 0.0.0.0:8675\n    at Server.setupListenHandle [as _listen2] (node:net:1908:16)\n  code: 'EADDRINUSE',\nNode.js v20.20.2",
    taken(8675),
  ],
  ["error listen EADDRINUSE: address already in use :::8443", taken(8443)],
  ["2026/02/11 10:00:00 listen tcp 0.0.0.0:9090: bind: address already in use", taken(9090)],
  ["ERROR: TensorBoard could not bind to port 6006, it was already in use", taken(6006)],
  [
    "[C 2026-02-11 10:00:00.000 ServerApp] ERROR: the Jupyter server could not be started because port 8888 is not available.",
    taken(8888),
  ],
  [
    "[I 2026-02-11 10:00:00.000 ServerApp] The port 8888 is already in use, trying another port.\n[C 2026-02-11 10:00:00.001 ServerApp] ERROR: the Jupyter server could not be started because no available port could be found.",
    taken(null),
  ],
  [
    "OSError: Cannot find empty port in range: 7860-7860. You can specify a different port by setting the GRADIO_SERVER_PORT environment variable",
    taken(7860),
  ],
  [
    "Address already in use\nPort 5000 is in use by another program. Either identify and stop that program, or start the server with a different port.",
    taken(5000),
  ],
  ["nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)", taken(80)],

  [
    "ModuleNotFoundError: No module named 'torchvision.transforms.functional_tensor'",
    missing("module", "torchvision.transforms.functional_tensor"),
  ],
  ["/opt/venvs/invoke/bin/python: No module named invokeai", missing("module", "invokeai")],
  [
    "Error: Cannot find module '/opt/app/server.js'\n    at Module._resolveFilename (node:internal/modules/cjs/loader:1140:15) {\n  code: 'MODULE_NOT_FOUND',\n}\nNode.js v20.20.2",
    missing("module", "/opt/app/server.js"),
  ],
  [
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'express' imported from /opt/app/index.mjs",
    missing("module", "express"),
  ],
  [
    "ImportError: cannot import name 'cached_download' from 'huggingface_hub' (/opt/venvs/x/huggingface_hub/__init__.py)",
    { kind: "missing_module", what: "name", name: "cached_download", from: "huggingface_hub" },
  ],
  [
    "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
    missing("library", "libGL.so.1"),
  ],

  [
    "npm error code ENOSPC\nnpm error syscall write\nnpm error nospc There appears to be insufficient space",
    disk("disk"),
  ],
  ["Error: ENOSPC: no space left on device, write\n    at writeSync (node:fs:912:3)", disk("disk")],
  ["sqlite3.OperationalError: database or disk is full", disk("disk")],
  ["cp: error writing '/workspace/a': No space left on device", disk("disk")],
  ["OSError: [Errno 122] Disk quota exceeded: '/workspace/outputs/a.png'", disk("quota")],
  [
    "RuntimeError: unable to write to file </torch_2104_1>: No space left on device (28)",
    disk("shared memory"),
  ],

  [
    "huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error. (Request ID: Root=1-6)\n\nRepository Not Found for url: https://huggingface.co/api/models/acme/secret/revision/main.",
    hub("acme/secret"),
  ],
  [
    "OSError: You are trying to access a gated repo.\nMake sure to have access to it at https://huggingface.co/acme/big-model.",
    hub("acme/big-model"),
  ],
  ["ValueError: Invalid user token.", hub(null)],

  [
    "RuntimeError: Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU",
    driver("missing"),
  ],
  [
    "ImportError: libcuda.so.1: cannot open shared object file: No such file or directory",
    driver("missing"),
  ],
  [
    "RuntimeError: The NVIDIA driver on your system is too old (found version 11040).",
    driver("too old"),
  ],
  [
    "RuntimeError: CUDA error: no kernel image is available for execution on the device",
    driver("wrong build"),
  ],
  ["AssertionError: Torch not compiled with CUDA enabled", driver("wrong build")],

  [
    "/opt/pilot/start.sh: line 12: /workspace/apps/run.sh: Permission denied",
    file("/workspace/apps/run.sh"),
  ],
  [
    "npm error Error: EACCES: permission denied, mkdir '/usr/lib/node_modules/x'",
    file("/usr/lib/node_modules/x"),
  ],
  ["PermissionError: [Errno 13] Permission denied", file(null)],
  [
    "OSError: [Errno 30] Read-only file system: '/opt/app/cache'",
    { kind: "permission", what: "read-only", path: "/opt/app/cache" },
  ],
  [
    "Error: listen EACCES: permission denied 0.0.0.0:80",
    { kind: "permission", what: "port", port: 80 },
  ],
])("recognises %j", (log, finding) => {
  expect(findIn(`starting up\n${log}\n`)).toEqual(finding);
});

test("an exception that came from another one is explained by that", () => {
  const log = `ModuleNotFoundError: No module named 'a'

During handling of the above exception, another exception occurred:

${TRACEBACK}
RuntimeError: could not start`;

  expect(findIn(log)).toEqual(missing("module", "a"));
});

test.each([
  ["a warning", "WARNING: no permission to raise the priority\nPermission denied, going on"],
  [
    "a warning of Python",
    "x.py:1: UserWarning: The NVIDIA driver on your system is too old (found version 11040).",
  ],
  ["a warning of npm", "npm warn tar EACCES: permission denied, mkdir '/x'"],
  [
    "a port that was passed over",
    "[I 2026-02-11 10:00:00.000 ServerApp] The port 8888 is already in use, trying another port.",
  ],
  [
    "an info that quotes an error",
    "2026-02-11 10:00:00 INFO worker: retrying after [Errno 98] Address already in use",
  ],
  [
    "words inside of a record",
    "2026-02-11 ERROR queue: item 4 failed: CUDA out of memory. Tried to allocate 2.00 GiB",
  ],
  ["a key that ssh refuses", "git@github.com: Permission denied (publickey)."],
  [
    "too many files that are watched",
    "Error: ENOSPC: System limit for number of file watchers reached, watch '/workspace'",
  ],
  [
    "a server that refuses somebody else",
    "requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://example.org/login",
  ],
  ["a source line in a traceback", `${TRACEBACK}\nValueError: something else`],
  [
    "an unknown exception after a known one",
    `PermissionError: [Errno 13] Permission denied: '/x'\nloading\n${TRACEBACK}\nKeyError: 'model'`,
  ],
  [
    "somebody who pressed ctrl-C",
    `ModuleNotFoundError: No module named 'optional'\nloading\n${TRACEBACK}\nKeyboardInterrupt`,
  ],
  [
    "a node that could not be loaded",
    "ModuleNotFoundError: No module named 'cv2'\n\nCannot import /workspace/custom_nodes/x module for custom nodes: No module named 'cv2'\nImport times for custom nodes:\n   0.0 seconds (IMPORT FAILED): /workspace/custom_nodes/x",
  ],
  [
    "a prompt that ran out of memory",
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.25 GiB.\nGot an OOM, unloading all loaded models.\nPrompt executed in 12.04 seconds",
  ],
  [
    "a request that went wrong",
    `${TRACEBACK}\nPermissionError: [Errno 13] Permission denied: '/x'\nINFO:     127.0.0.1:4242 - "GET /api/x HTTP/1.1" 500 Internal Server Error`,
  ],
  ["what was said long before", `MemoryError\n${"working on it\n".repeat(40)}`],
  ["nothing", ""],
])("does not take %s for the cause", (_what, log) => {
  expect(findIn(log)).toBeNull();
});

test("a warning about a permission does not win over the exception after or before it", () => {
  const warning = "WARNING: PermissionError: [Errno 13] Permission denied: '/cache'";
  const oom = "torch.OutOfMemoryError: CUDA out of memory.";

  expect(findIn(`${warning}\n${oom}`)).toEqual(gpu);
  expect(findIn(`${oom}\n${warning}`)).toEqual(gpu);
});
