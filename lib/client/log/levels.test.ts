import { describe, expect, it } from "vitest";
import { levelOf } from "./levels";
import type { Level } from "./types";

const LINES: Record<Level, readonly string[]> = {
  error: [
    "[2026-02-10 18:05:42,956]::[InvokeAI]::ERROR --> Failed to fetch model metadata",
    "[ERROR] cannot import custom_nodes/broken-pack: No module named 'imageio_ffmpeg'",
    "ERROR:    [Errno 98] error while attempting to bind on address ('127.0.0.1', 8188)",
    "ERROR: Could not find a version that satisfies the requirement demo-xformers==9.9.9",
    "ERROR:root:nothing works",
    "                    ERROR    bucket 0: [1024, 1024], count: 0    rich_demo.py:44",
    "2026-11-23 01:51:18,213 CRIT Supervisor is running as root.",
    "2026-02-11 04:12:01,123 - trainer.loop - CRITICAL - out of memory",
    "2026-02-11 04:12:01,123 trainer.loop ERROR out of memory",
    "2026-02-10 18:05:06.356 | ERROR    | module:run:12 - it broke",
    "04:11:58-214 ERROR     no such folder",
    "2026/02/11 04:12:01 [error] 12#12: *1 connect() failed",
    "[Sat Feb 11 04:12:01 2026] [core:error] [pid 12] no such file",
    "[E 2026-01-02 03:04:05.678 ServerApp] Uncaught exception",
    "E0211 04:12:01.123456   1234 cuda_dnn.cc:8310] Unable to register cuDNN factory",
    "[rank0]:[E1120 14:03:02.000 ProcessGroupNCCL.cpp:616] Watchdog caught a timeout",
    "Traceback (most recent call last):",
    "[rank1]: Traceback (most recent call last):",
    "╭───────────────────── Traceback (most recent call last) ──────────────────────╮",
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.25 GiB.",
    "download.<locals>.GatedRepoError: 401 Client Error: Unauthorized",
    "[rank0]: RuntimeError: CUDA error",
    "KeyboardInterrupt",
    "AssertionError",
    "Error: listen EADDRINUSE: address already in use :::3000",
    "npm ERR! code ERESOLVE",
    "npm error code ERESOLVE",
    "fatal: not a git repository (or any of the parent directories): .git",
    "error: failed to push some refs",
    "error[E0382]: borrow of moved value",
    "src/main.c:3:5: error: expected ';' before 'return'",
    "panic: runtime error: index out of range",
    '{"level":"error","ts":1770000000,"msg":"no"}',
    '{"time":"2026-02-11T04:12:01Z","severity": "CRITICAL","message":"no"}',
    '{"level":50,"time":1770000000,"msg":"no"}',
    'time="2026-02-11T04:12:01Z" level=error msg="no"',
    "Exception in thread Thread-3 (worker):",
    "Segmentation fault (core dumped)",
  ],
  warn: [
    "[2026-02-10 18:05:12,015]::[InvokeAI]::WARNING --> Directory does not exist",
    "[WARNING] xformers not found; using pytorch attention",
    "2026-02-10 18:05:16 WARNING  no caption file for image 0033.png",
    "2026-11-23 01:51:19,256 WARN exited: kohya (exit status 1; not expected)",
    "[W 2026-01-02 03:04:05.678 ServerApp] 404 GET /favicon.ico",
    "W0211 04:12:01.123456   1234 gpu_device.cc:1] Cannot dlopen some GPU libraries",
    "/venv/lib/torch/cuda/__init__.py:129: UserWarning: CUDA initialization: too old",
    "rank 0FutureWarning: `torch.cuda.amp.autocast(args...)` is deprecated.",
    "npm WARN deprecated inflight@1.0.6",
    "warning: LF will be replaced by CRLF",
    '{"level":"warn","msg":"slow"}',
    '{"level":40,"msg":"slow"}',
  ],
  info: [
    "[2026-02-10 18:05:06,356]::[InvokeAI]::INFO --> Patchmatch initialized",
    '[2026-02-10 18:05:17,580]::[uvicorn.access]::INFO --> 127.0.0.1 - "GET /error" 500',
    "INFO:     Started server process [21041]",
    'INFO:     127.0.0.1:57590 - "GET /view/bad HTTP/1.1" 400 Bad Request',
    "[INFO] 12 errors were corrected",
    "[I 2026-01-02 03:04:05.678 ServerApp] Serving notebooks from local directory",
    "I0211 04:12:01.123456   1234 main.cc:7] ready",
    "2026-11-23 01:51:19,236 INFO spawned: 'error' with pid 21148",
    "2026-02-10 18:05:06.356 | SUCCESS  | module:run:12 - done",
  ],
  debug: [
    "[2026-02-10 18:05:13,941]::[InvokeAI]::DEBUG --> Pruned 0 stale sessions",
    "DEBUG:urllib3.connectionpool:Starting new HTTP connection",
    '{"level":20,"msg":"tick"}',
  ],
  none: [
    "",
    "got prompt",
    "0 errors, 0 warnings",
    "errors: 0",
    "error: 0.0512",
    "error_rate=0.1",
    "ERROR_RATE=0.1",
    "step 10 Error 0.2 Warning 0.1",
    "/workspace/logs/error/warning.log was rotated",
    "no error was found",
    "Found 3 ERROR entries in the file",
    "ErrorHandler started",
    "compression level=9",
    "steps:  45%|████▌     | 45/100 [01:23<02:34, 31.12it/s, error=0.123]",
    "Information about the model follows",
    "    raise ValueError('no')",
    "INFORMATIVE",
    `${"x ".repeat(400)}ERROR: too far behind`,
  ],
};

describe("levelOf", () => {
  const cases = Object.entries(LINES).flatMap(([level, lines]) =>
    lines.map((line) => [level, line] as const),
  );
  it.each(cases)("is %s for %j", (level, line) => {
    expect(levelOf(line)).toBe(level);
  });

  it("comes to an end with lines made to keep it busy", () => {
    for (const part of ["1 - ", "a-", "[x]", "a:1: ", "[", "a.", "  ", "aWarning", "<.>"]) {
      expect(levelOf(part.repeat(5000))).toBe("none");
    }
  });
});
