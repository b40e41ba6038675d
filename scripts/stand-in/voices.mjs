/** @typedef {import("./page.mjs").App} App */
/** @typedef {{ level: "INFO" | "WARNING" | "ERROR", text: string }} Entry */

/**
 * How an app writes: `line` one entry, `access` one HTTP request (null: not logged), `opening` at the start,
 * `chatter` from time to time, `work` the label of its progress bar, `trouble` an error with its traceback.
 * @typedef {object} Voice
 * @property {(entry: Entry) => string} line
 * @property {(method: string, url: string, status: number) => string | null} access
 * @property {(app: App) => string[]} opening
 * @property {string[]} chatter
 * @property {string | null} work
 * @property {{ file: string, call: string, error: string }} trouble
 */

const ESC = "\u001b[";
const paint = (/** @type {string} */ codes, /** @type {string} */ text) =>
  `${ESC}${codes}m${text}${ESC}0m`;

const two = (/** @type {number} */ number) => String(number).padStart(2, "0");

function clock(separator = " ") {
  const now = new Date();
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  return {
    day,
    time,
    ms: String(now.getMilliseconds()).padStart(3, "0"),
    full: day + separator + time,
  };
}

const peerPort = () => 32768 + Math.floor(Math.random() * 28000);

/** @type {Voice["access"]} */
function uvicornAccess(method, url, status) {
  const phrase = status === 200 ? "OK" : "Not Found";
  return `INFO:     127.0.0.1:${peerPort()} - "${method} ${url} HTTP/1.1" ${status} ${phrase}`;
}

/** @param {string} logger @returns {Voice["line"]} */
function jupyterLine(logger) {
  return ({ level, text }) => {
    const { full, ms } = clock();
    const colour = { INFO: "32", WARNING: "33", ERROR: "1;31" }[level];
    return `${paint(colour, `[${level[0]} ${full}.${ms} ${logger}]`)} ${text}`;
  };
}

/** @type {Voice["line"]} */
function uvicornLine({ level, text }) {
  const colour = { INFO: "32", WARNING: "33", ERROR: "31" }[level];
  return `${paint(colour, level)}:${" ".repeat(9 - level.length)}${text}`;
}

/** @type {Record<string, Voice>} */
export const VOICES = {
  jupyter: {
    line: jupyterLine("ServerApp"),
    access: (method, url, status) =>
      jupyterLine("ServerApp")({
        level: "INFO",
        text: `${status} ${method} ${url} (127.0.0.1) 1.42ms`,
      }),
    opening: (app) => [
      "jupyter_lsp | extension was successfully linked.",
      "jupyterlab | extension was successfully loaded.",
      `Serving notebooks from local directory: ${process.env.WORKSPACE_ROOT || "/workspace"}`,
      `Jupyter Server is running at: http://127.0.0.1:${app.port}/lab`,
    ],
    chatter: [
      "Saving file at /captions.ipynb",
      "Kernel started: 5d0f6c1a-9e5e-4b58-8a53-3b5d4f0c7c11",
      "Kernel interrupted: 5d0f6c1a-9e5e-4b58-8a53-3b5d4f0c7c11",
      "Build is up to date",
    ],
    work: null,
    trouble: {
      file: "jupyter_server/services/contents/filemanager.py",
      call: "os.replace(tmp_path, os_path)",
      error: "PermissionError: [Errno 13] Permission denied: 'datasets/captions.ipynb'",
    },
  },
  "code-server": {
    line: ({ level, text }) => {
      const { full, ms } = clock("T");
      return `[${full}.${ms}Z] ${level === "INFO" ? "info" : level.toLowerCase()}  ${text}`;
    },
    access: () => null,
    opening: (app) => [
      "code-server 4.99.3",
      "Using user-data-dir ~/.local/share/code-server",
      `HTTP server listening on http://127.0.0.1:${app.port}/`,
      "  - Not serving HTTPS",
    ],
    chatter: [
      "[ManagementConnection] The client has reconnected.",
      "[ExtensionHostConnection] <184> Launched Extension Host Process.",
      "[File Watcher (node.js)] Request to start watching: /workspace",
    ],
    work: null,
    trouble: {
      file: "vscode/server/connection.py",
      call: "self.socket.send(frame)",
      error: "ConnectionResetError: [Errno 104] Connection reset by peer",
    },
  },
  comfy: {
    line: ({ level, text }) =>
      `${paint({ INFO: "32", WARNING: "33", ERROR: "1;31" }[level], `[${level}]`)} ${text}`,
    access: () => null,
    opening: (app) => [
      `** ComfyUI startup time: ${clock().full}`,
      "** Platform: Linux",
      "Total VRAM 24217 MB, total RAM 64213 MB",
      "pytorch version: 2.6.0+cu124",
      "Set vram state to: NORMAL_VRAM",
      "Using pytorch attention",
      "Import times for custom nodes:",
      "   0.0 seconds: custom_nodes/websocket_image_save.py",
      "Starting server",
      `To see the GUI go to: http://127.0.0.1:${app.port}`,
    ],
    chatter: [
      "got prompt",
      "Requested to load SDXLClipModel",
      "loaded completely 18012.4 4897.0483474731445 True",
      "Prompt executed in 3.21 seconds",
    ],
    work: "",
    trouble: {
      file: "ComfyUI/execution.py",
      call: "output_data = get_output_data(obj, input_data_all)",
      error: "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.25 GiB.",
    },
  },
  kohya: {
    line: ({ level, text }) => {
      const { full } = clock();
      return `${full} ${paint({ INFO: "34", WARNING: "33", ERROR: "31" }[level], level.padEnd(8))} ${text}`;
    },
    access: () => null,
    opening: (app) => [
      "Kohya_ss GUI version: v25.2.1",
      "Torch 2.6.0+cu124",
      "Torch detected GPU: NVIDIA GeForce RTX 4090 VRAM 24217MB Arch 8.9 Cores 128",
      "headless: True",
      `* Running on local URL:  http://127.0.0.1:${app.port}`,
    ],
    chatter: [
      "Loading config...",
      "Validating optimizer arguments...",
      "number of images: 48, repeats: 10, epochs: 8",
      "saving checkpoint: outputs/character-000004.safetensors",
    ],
    work: "steps",
    trouble: {
      file: "sd-scripts/library/train_util.py",
      call: "info = json.load(metadata)",
      error:
        "FileNotFoundError: [Errno 2] No such file or directory: 'datasets/character/meta.json'",
    },
  },
  diffpipe: {
    line: ({ level, text }) => {
      const { time, ms } = clock();
      const month = two(new Date().getMonth() + 1) + two(new Date().getDate());
      return `${level[0]}${month} ${time}.${ms}000 ${process.pid} ${text}`;
    },
    access: (method, url, status) =>
      `I ${clock().time} _internal.py:97] 127.0.0.1 - - "${method} ${url} HTTP/1.1" ${status} -`,
    opening: (app) => [
      "NOTE: Using experimental fast data loading logic.",
      `TensorBoard 2.19.0 at http://127.0.0.1:${app.port}/ (Press CTRL+C to quit)`,
    ],
    chatter: [
      "data_ingester.py:104] Reload cycle begins",
      "data_ingester.py:114] Reload cycle ends: 1 run, 320 steps",
    ],
    work: null,
    trouble: {
      file: "tensorboard/backend/event_processing/event_accumulator.py",
      call: "for event in self._generator.Load():",
      error: "DataLossError: corrupted record at 4096",
    },
  },
  invoke: {
    line: ({ level, text }) => {
      const { full, ms } = clock();
      const colour = { INFO: "38;20", WARNING: "33;20", ERROR: "31;20" }[level];
      return paint(colour, `[${full},${ms}]::[InvokeAI]::${level} --> ${text}`);
    },
    access: (method, url, status) => {
      const { full, ms } = clock();
      const line = `[${full},${ms}]::[uvicorn.access]::INFO --> 127.0.0.1:${peerPort()} - "${method} ${url} HTTP/1.1" ${status}`;
      return paint("38;20", line);
    },
    opening: (app) => [
      "Using torch device: NVIDIA GeForce RTX 4090",
      "cuDNN version: 90100",
      "InvokeAI version 6.8.1",
      "Root directory = /workspace/invokeai",
      "Initializing database at /workspace/invokeai/databases/invokeai.db",
      "Starting nodes processor",
      `Invoke running on http://127.0.0.1:${app.port} (Press CTRL+C to quit)`,
    ],
    chatter: [
      "Executing queue item 42, session 3f8d2c9e-4c57-4b45-9f0b-0d54ad2b6f57",
      "Loaded model 'dreamshaper:unet' (UNet2DConditionModel) onto cuda device in 0.84s",
      "Graph stats: 3f8d2c9e-4c57-4b45-9f0b-0d54ad2b6f57",
      "Cleaned database (freed 0.02MB)",
    ],
    work: "",
    trouble: {
      file: "invokeai/app/services/session_processor/session_processor_default.py",
      call: "output = invocation.invoke_internal(context=context, services=self._services)",
      error: "UnknownModelException: model not found",
    },
  },
  "ai-toolkit": {
    line: ({ level, text }) =>
      level === "INFO"
        ? `${paint("35", "[UI]")} ${text}`
        : `${paint("35", "[UI]")} ${paint(level === "ERROR" ? "31" : "33", level.toLowerCase())} ${text}`,
    access: () => null,
    opening: (app) => [
      "> ai-toolkit-ui@0.1.0 start",
      "   ▲ Next.js 15.5.2",
      `   - Local:        http://localhost:${app.port}`,
      " ✓ Ready in 612ms",
      "Cron worker started with interval: 1000 ms",
    ],
    chatter: ["GET /api/jobs 200 in 12ms", "GET /api/gpu 200 in 38ms", "No jobs in queue gpu 0"],
    work: "character_lora_v1",
    trouble: {
      file: "ai-toolkit/jobs/process/BaseSDTrainProcess.py",
      call: "self.load_models()",
      error: "huggingface_hub.errors.GatedRepoError: 401 Client Error.",
    },
  },
  copilot: {
    line: uvicornLine,
    access: uvicornAccess,
    opening: (app) => [
      `Started server process [${process.pid}]`,
      "Waiting for application startup.",
      "Application startup complete.",
      `Uvicorn running on http://127.0.0.1:${app.port} (Press CTRL+C to quit)`,
    ],
    chatter: ["copilot session is idle", "token is valid for another 28 min"],
    work: null,
    trouble: {
      file: "CopilotSidecar/app.py",
      call: "await session.send(prompt)",
      error: "TimeoutError: the model did not answer within 30 s",
    },
  },
};
