/** What a line of a log says of an end, as data. Sizes are in GB; null is what the line does not tell. */
export type Finding =
  | { kind: "gpu_memory"; asked: number | null; free: number | null; total: number | null }
  | { kind: "port_in_use"; port: number | null }
  | { kind: "missing_module"; what: "module" | "library"; name: string }
  | { kind: "missing_module"; what: "name"; name: string; from: string }
  | { kind: "disk_full"; what: "disk" | "quota" | "shared memory" }
  | { kind: "hub_unauthorized"; model: string | null }
  | { kind: "killed_for_memory"; what: "refused" | "killed" }
  | { kind: "driver_mismatch"; what: "too old" | "missing" | "wrong build" }
  | { kind: "permission"; what: "file" | "read-only"; path: string | null }
  | { kind: "permission"; what: "port"; port: number };

type Sign = {
  pattern: RegExp;
  /** What it says ends a program wherever in a line it stands. Others begin a line, or are an exception. */
  anywhere?: true;
  /** `text` is the line with the few that follow it. */
  read: (match: RegExpExecArray, text: string) => Finding;
};

/** Bounded: without, each digit of an endless number would be tried as its start. */
const SIZE = String.raw`([\d.]{1,16} [KMG]iB)`;
const ASKED = new RegExp(String.raw`(?:Tried to allocate|Requested\s*:) ${SIZE}`);
const FREE = new RegExp(String.raw`${SIZE}(?: is)? free|Free \(according to CUDA\): ${SIZE}`);
const TOTAL = new RegExp(
  String.raw`total capac?ity of ${SIZE}|${SIZE} total capacity|Device limit\s*: ${SIZE}`,
);
const MODEL = /Access to (?:model|dataset) (\S+) is restricted/;
const MODEL_IN_URL = /https?:\/\/[^/\s]+\/(?:api\/(?:models|datasets)\/)?([\w.-]+\/[\w.-]*\w)/;

const module = ([, name = ""]: RegExpExecArray): Finding => ({
  kind: "missing_module",
  what: "module",
  name,
});
const port = ([, number]: RegExpExecArray): Finding => ({
  kind: "port_in_use",
  port: number === undefined ? null : Number(number),
});
const file = ([, path]: RegExpExecArray): Finding => ({
  kind: "permission",
  what: "file",
  path: path ?? null,
});
const driver = (what: "too old" | "missing" | "wrong build") => (): Finding => ({
  kind: "driver_mismatch",
  what,
});
const memory = (): Finding => ({ kind: "killed_for_memory", what: "refused" });
const disk = (): Finding => ({ kind: "disk_full", what: "disk" });

/** In the words of those who write them; the first one that fits counts. */
export const SIGNS: Sign[] = [
  {
    pattern:
      /(?:CUDA|HIP) out of memory|CUDA error: out of memory|CUDA_ERROR_OUT_OF_MEMORY|CUBLAS_STATUS_ALLOC_FAILED|OutOfMemoryError: Allocation on device/,
    read: (_match, text) => ({
      kind: "gpu_memory",
      asked: sizeIn(text, ASKED),
      free: sizeIn(text, FREE),
      total: sizeIn(text, TOTAL),
    }),
  },
  {
    pattern:
      /DefaultCPUAllocator: (?:not enough|can't allocate) memory|^MemoryError\b|_ArrayMemoryError: Unable to allocate|\[Errno 12\] Cannot allocate memory|^(?:terminate called .*')?std::bad_alloc/,
    read: memory,
  },

  { pattern: /bind on address \('[^']*', (\d+)/, anywhere: true, read: port },
  { pattern: /EADDRINUSE: address already in use \S*?:(\d+)\b/, anywhere: true, read: port },
  { pattern: /:(\d+): bind: address already in use/, anywhere: true, read: port },
  { pattern: /bind\(\) to \S*?:(\d+) failed \(98:/, anywhere: true, read: port },
  { pattern: /could not bind to port (\d+), it was already in use/, anywhere: true, read: port },
  {
    pattern: /server could not be started because port (\d+) is not available/,
    anywhere: true,
    read: port,
  },
  { pattern: /^Port (\d+) is (?:already )?in use\b/, read: port },
  { pattern: /Cannot find empty port in range: (\d+)-/, read: port },
  {
    pattern:
      /\[Errno 98\] Address already in use|EADDRINUSE|could not be started because no available port/,
    anywhere: true,
    read: port,
  },

  {
    pattern: /libcuda\.so[.\d]*: cannot open shared object|Found no NVIDIA driver on your system/,
    read: driver("missing"),
  },
  {
    pattern:
      /CUDA driver version is insufficient|NVIDIA driver on your system is too old|system has unsupported display driver|forward compatibility was attempted|Driver\/library version mismatch/,
    read: driver("too old"),
  },
  {
    pattern: /no kernel image is available for execution|Torch not compiled with CUDA enabled/,
    read: driver("wrong build"),
  },

  { pattern: /^ModuleNotFoundError: No module named '?([^'\s]+)/, read: module },
  { pattern: /^\/\S*python[\d.]*: No module named (\S+?);?(?: |$)/, read: module },
  {
    pattern: /^Error(?: \[ERR_MODULE_NOT_FOUND\])?: Cannot find (?:module|package) '([^']+)'/,
    read: module,
  },
  {
    pattern:
      /^ImportError: cannot import name '([^']+)' from (?:partially initialized module )?'([^']+)'/,
    read: ([, name = "", from = ""]) => ({ kind: "missing_module", what: "name", name, from }),
  },
  {
    pattern: /(?:^|: )(\S+\.so[.\d]*): cannot open shared object file/,
    read: ([, name = ""]) => ({ kind: "missing_module", what: "library", name }),
  },

  {
    pattern: /unable to (?:write to file|mmap|open shared memory object) .*No space left on device/,
    read: () => ({ kind: "disk_full", what: "shared memory" }),
  },
  {
    pattern: /\[Errno 122\]|EDQUOT|Disk quota exceeded/i,
    anywhere: true,
    read: () => ({ kind: "disk_full", what: "quota" }),
  },
  {
    pattern:
      /\[Errno 28\] No space left on device|ENOSPC: no space left on device|^code ENOSPC|database or disk is full/,
    anywhere: true,
    read: disk,
  },
  { pattern: /: No space left on device$/, read: disk, anywhere: true },

  {
    pattern:
      /GatedRepoError|RepositoryNotFoundError: 401|^Repository Not Found for url|^Cannot access gated repo|^Access to (?:model|dataset) \S+ is restricted|You are trying to access a gated repo|401 Client Error.*(?:huggingface\.co|hf\.co|\/resolve\/|\/api\/(?:models|datasets)\/)|Invalid user token|LocalTokenNotFoundError|no token found/i,
    read: (_match, text) => ({
      kind: "hub_unauthorized",
      model: MODEL.exec(text)?.[1] ?? MODEL_IN_URL.exec(text)?.[1] ?? null,
    }),
  },

  {
    pattern: /EACCES: permission denied [^']*?:(\d+)$/,
    read: ([, number]) => ({ kind: "permission", what: "port", port: Number(number) }),
  },
  { pattern: /^PermissionError: \[Errno (?:13|1)\] [^:]*(?:: '([^']+)')?/, read: file },
  {
    pattern: /(?:EACCES: permission denied|EPERM: operation not permitted), \w+ '([^']+)'/,
    read: file,
  },
  { pattern: /^(?:\S+: (?:line )?\d+: (?:exec: )?)?(\/[^\s:]+): Permission denied$/, read: file },
  {
    pattern:
      /\[Errno 30\] Read-only file system(?:: '([^']+)')?|EROFS: read-only file system, \w+ '([^']+)'/,
    read: ([, python, node]) => ({
      kind: "permission",
      what: "read-only",
      path: python ?? node ?? null,
    }),
  },
];

/** In GB, from the first of its places that the pattern finds: "612.81 MiB". */
function sizeIn(text: string, pattern: RegExp): number | null {
  const [, ...places] = pattern.exec(text) ?? [];
  const size = places.find((place) => place !== undefined);
  if (size === undefined) return null;
  const [number, unit = ""] = size.split(" ");
  return Number(number) * ({ KiB: 1 / 1024 ** 2, MiB: 1 / 1024 }[unit] ?? 1);
}
